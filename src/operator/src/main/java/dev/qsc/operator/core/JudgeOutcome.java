package dev.qsc.operator.core;

import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;

/** What came of a {@link JudgeOrder}. */
public sealed interface JudgeOutcome {
    /**
     * The gate's verdict.
     *
     * @param noDataTimeout how long a stream with the gaps of the gate's window may be silent
     */
    record GateJudged(GateResult result, Duration noDataTimeout) implements JudgeOutcome {}

    /**
     * The stream's last id.
     *
     * @param time the telemetry server's own clock
     * @param acknowledged whether the newest usable event carries the digest that was asked for; true when none was
     */
    record PositionRead(StreamId lastId, Instant time, boolean acknowledged) implements JudgeOutcome {}

    /** The check's verdict. */
    record Checked(CheckResult result) implements JudgeOutcome {}

    /** The telemetry could not be read; the sentence says why and what to do. */
    record Failed(String sentence) implements JudgeOutcome {}
}
