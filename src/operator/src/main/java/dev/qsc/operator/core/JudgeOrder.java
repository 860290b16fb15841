package dev.qsc.operator.core;

import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.Standing;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Thresholds;
import java.time.Instant;
import java.util.Map;

/** Something to ask of the telemetry, done in the background. */
public sealed interface JudgeOrder {
    /** The attempt that asks; a report for another one is passed over. */
    String attemptId();

    /**
     * Judge the newest events since the cutover.
     *
     * @param maxEvents how many usable events at most
     * @param invocations host to InvocationID of its engine: a verdict is good for these starts only
     */
    record Gate(
            String attemptId,
            Instant cutover,
            int maxEvents,
            Map<String, String> invocations,
            GateSettings settings,
            Thresholds thresholds)
            implements JudgeOrder {}

    /**
     * Where the stream stands, which is where the canary's own events begin.
     *
     * @param operationId the activation this belongs to
     * @param digest weights digest that the newest usable event must carry; null when none is asked for
     */
    record Position(String attemptId, String operationId, String digest) implements JudgeOrder {}

    /**
     * One check of the canary.
     *
     * @param operationId the activation this belongs to
     * @param slot the slot in which the check was ordered
     * @param since only events after this id are the canary's
     * @param t0 when the canary's own events began, by the telemetry server's clock
     * @param vigil what to wait for; null to judge once and report at once
     */
    record Check(
            String attemptId,
            String operationId,
            long slot,
            StreamId since,
            Instant t0,
            MonitorSettings settings,
            Thresholds thresholds,
            Vigil vigil)
            implements JudgeOrder {}

    /**
     * Judge again and again as events arrive. What changes the slot's verdict is reported at once; otherwise what is
     * found at the end.
     *
     * @param until the end
     * @param found the slot's verdict so far; NO_GO is a failure that was tolerated
     */
    record Vigil(Instant until, Standing found) {
        /** Whether a check ends the vigil before its time. */
        public boolean isEndedBy(CheckResult result) {
            return switch (result) {
                case CheckResult.Fail fail -> fail.isImmediate() || found != Standing.NO_GO;
                case CheckResult.Pass pass -> found == Standing.WAIT;
                case CheckResult.NotJudged notJudged -> false;
                case CheckResult.JudgeError error -> false;
            };
        }
    }
}
