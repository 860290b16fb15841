package dev.qsc.cli;

import dev.qsc.api.Durations;
import dev.qsc.quality.Action;
import dev.qsc.quality.CheckReport;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.Ensemble;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.ModelStats;
import dev.qsc.quality.ReplaySettings;
import dev.qsc.quality.ReplayStep;
import dev.qsc.quality.Standing;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A replay as a table: each step a line. */
final class ReplaySteps {
    private final Table table =
            new Table("time", "step", "verdict", "slots", "HOLD", "std", "P10-P90", "agreement", "disagree", "why");
    private final String canary;
    private final ClosestCalls closestCalls;
    private ReplayStep.End end;

    ReplaySteps(ReplaySettings settings, Thresholds thresholds) {
        this.canary = settings.gate().canary().orElseThrow();
        this.closestCalls = new ClosestCalls(settings.gate().minSamples(), thresholds);
    }

    void add(ReplayStep step) {
        switch (step) {
            case ReplayStep.GateAsked gate -> table.add(gate(gate));
            case ReplayStep.Activated activated ->
                table.add(row(
                        activated,
                        "canary in",
                        Numbers.NONE,
                        Numbers.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        "silence of more than " + Durations.format(activated.noDataTimeout()) + " rolls back"));
            case ReplayStep.Checked check -> {
                closestCalls.add(check);
                table.add(check(check));
            }
            case ReplayStep.End last -> end = last;
        }
    }

    private List<String> gate(ReplayStep.GateAsked gate) {
        GateResult result = gate.result();
        String verdict =
                switch (result.outcome()) {
                    case PASSED -> "PASS";
                    case WAITING -> "WAIT";
                    case BLOCKED -> "FAIL";
                };
        Optional<ModelStats> stats = result.models().stream()
                .filter(model -> model.model().equals(canary))
                .findFirst()
                .flatMap(model -> model.figures().stats());
        String why = result.passed()
                ? Numbers.count(result.counters().usable(), "usable event")
                : violations(result.violations());
        return row(gate, "gate", verdict, Numbers.NONE, stats, result.ensemble(), why);
    }

    private List<String> check(ReplayStep.Checked check) {
        CheckReport report = check.result().report();
        Optional<ModelStats> stats = report.models().stream()
                .filter(model -> model.model().equals(canary))
                .findFirst()
                .flatMap(model -> model.figures().stats());
        String slots = check.slots().judged() + "/" + check.slots().plan().required();
        return row(
                check, "check", standing(check.result()).title(), slots, stats, report.ensemble(), why(check.result()));
    }

    /** The word for a check: GO, WAIT or NO-GO. */
    static Standing standing(CheckResult result) {
        return switch (result) {
            case CheckResult.Pass _ -> Standing.GO;
            case CheckResult.NotJudged _, CheckResult.JudgeError _ -> Standing.WAIT;
            case CheckResult.Fail _ -> Standing.NO_GO;
        };
    }

    /** What a check has to say, for people; empty when all is well. */
    static String why(CheckResult result) {
        return switch (result) {
            case CheckResult.Pass _ -> "";
            case CheckResult.NotJudged notJudged -> notJudged.why();
            case CheckResult.JudgeError error -> error.cause();
            case CheckResult.Fail fail -> violations(fail.violations());
        };
    }

    private static String violations(List<Violation> violations) {
        return violations.stream().map(JudgeWords::violation).collect(Collectors.joining("; "));
    }

    private static List<String> row(
            ReplayStep step,
            String name,
            String verdict,
            String slots,
            Optional<ModelStats> stats,
            Optional<Ensemble> ensemble,
            String why) {
        return List.of(
                step.at().toString(),
                name,
                verdict,
                slots,
                JudgeWords.figure(stats, figures -> figures.sharePercent(Action.HOLD), Numbers::percent),
                JudgeWords.figure(stats, ModelStats::std, Numbers::decimal),
                JudgeWords.figure(stats, ModelStats::range, Numbers::decimal),
                ensemble.map(figures -> Numbers.percent(figures.agreementPercent()))
                        .orElse(Numbers.NONE),
                ensemble.map(figures -> Numbers.percent(figures.hardDisagreePercent()))
                        .orElse(Numbers.NONE),
                why);
    }

    Table table() {
        return table;
    }

    ClosestCalls closestCalls() {
        return closestCalls;
    }

    /** The last step, once it was added. */
    ReplayStep.End end() {
        return end;
    }

    /** What would have happened, in a sentence. */
    String sentence() {
        String what =
                switch (end.outcome()) {
                    case COMPLETED -> "the canary would have gone through";
                    case ROLLED_BACK -> "the canary would have been rolled back";
                    case INCONCLUSIVE -> "the canary would have been rolled back as inconclusive";
                    case GATE_BLOCKED -> "the gate would have kept the canary out";
                    case MONITOR_WOULD_FAIL ->
                        "the gate passes, but the canary would not have been activated, since the first check would fail";
                    case GATE_TIMED_OUT -> "the gate would have given up waiting";
                    case RECORDING_ENDED -> "the recording ends before the canary does";
                };
        String why = end.violations().isEmpty() ? end.why() : violations(end.violations());
        return "at %s %s: %s".formatted(end.at(), what, why);
    }

    /** The outcome as it is written: {@code ROLLED-BACK}. */
    String outcome() {
        return end.outcome().name().replace('_', '-');
    }
}
