package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.operator.core.JudgeOrder;
import dev.qsc.operator.core.JudgeOutcome;
import dev.qsc.quality.CheckReport;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Violation;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line for each order that was carried out: key=value pairs, then a sentence. */
final class JudgeLog {
    private static final Logger LOG = LoggerFactory.getLogger(JudgeLog.class);

    private JudgeLog() {}

    static void write(CanaryRollout rollout, JudgeOrder order, JudgeOutcome outcome, Duration took) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("order", order.getClass().getSimpleName())
                .addKeyValue("rollout", name(rollout))
                .addKeyValue("attempt", order.attemptId())
                .addKeyValue("slot", order instanceof JudgeOrder.Check check ? check.slot() : "-")
                .addKeyValue("ms", took.toMillis());
        switch (outcome) {
            case JudgeOutcome.GateJudged gate -> gate(line, gate.result());
            case JudgeOutcome.Checked check -> check(line, check.result());
            case JudgeOutcome.PositionRead position ->
                line.addKeyValue("lastId", position.lastId())
                        .addKeyValue("acknowledged", position.acknowledged())
                        .log("read the stream's position");
            case JudgeOutcome.Failed(String sentence) ->
                line.addKeyValue("verdict", "Error").log(sentence);
        }
    }

    static void warn(CanaryRollout rollout, String notice) {
        LOG.atWarn().addKeyValue("rollout", name(rollout)).log(notice);
    }

    private static String name(CanaryRollout rollout) {
        return rollout.getMetadata().getNamespace() + "/"
                + rollout.getMetadata().getName();
    }

    private static void gate(LoggingEventBuilder line, GateResult result) {
        line.addKeyValue("verdict", result.outcome())
                .addKeyValue("events", result.counters().usable())
                .log(said(result.violations()));
    }

    private static void check(LoggingEventBuilder line, CheckResult result) {
        switch (result) {
            case CheckResult.Pass(CheckReport report) ->
                verdict(line, "GO", report.counters().usable()).log("every rule holds");
            case CheckResult.NotJudged(String why, CheckReport report) ->
                verdict(line, "WAIT", report.counters().usable()).log(why);
            case CheckResult.Fail(List<Violation> violations, CheckReport report) ->
                verdict(line, "NO-GO", report.counters().usable()).log(said(violations));
            case CheckResult.JudgeError(String cause) ->
                line.addKeyValue("verdict", "Error").log(cause);
        }
    }

    private static LoggingEventBuilder verdict(LoggingEventBuilder line, String verdict, long events) {
        return line.addKeyValue("verdict", verdict).addKeyValue("events", events);
    }

    private static String said(List<Violation> violations) {
        return violations.isEmpty()
                ? "every rule holds"
                : violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
    }
}
