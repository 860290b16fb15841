package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a replayed rollout did. */
public sealed interface ReplayStep {
    /** When, by the recording's own clock. */
    Instant at();

    /** The gate was asked. */
    record GateAsked(Instant at, GateResult result) implements ReplayStep {}

    /**
     * The canary went in; from here on it is watched.
     *
     * @param noDataTimeout how long the stream may be silent from now on
     */
    record Activated(Instant at, Duration noDataTimeout) implements ReplayStep {}

    /**
     * A check was made.
     *
     * @param slot the slot that it was made in, from 0
     * @param slots what is counted so far, this check included
     */
    record Checked(Instant at, long slot, CheckResult result, Slots slots) implements ReplayStep {}

    /**
     * The rollout is over, or the recording is. It is the last step.
     *
     * @param violations what was violated; empty where nothing was
     * @param why one sentence for people
     */
    record End(Instant at, Outcome outcome, List<Violation> violations, String why) implements ReplayStep {}

    /** How a replay can end. */
    enum Outcome {
        /** The step has all its judged slots: the canary could be promoted. */
        COMPLETED,
        /** A check failed: the canary would have been taken out. */
        ROLLED_BACK,
        /** Too much of the time could not be judged: the canary would have been taken out. */
        INCONCLUSIVE,
        /** A rule of the gate did not hold: the canary would never have gone in. */
        GATE_BLOCKED,
        /** The gate passed, but the first check would have failed: the canary would never have gone in. */
        MONITOR_WOULD_FAIL,
        /** The gate had too little evidence for too long: the canary would never have gone in. */
        GATE_TIMED_OUT,
        /** The recording ended first. */
        RECORDING_ENDED
    }
}
