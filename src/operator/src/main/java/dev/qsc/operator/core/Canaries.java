package dev.qsc.operator.core;

import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.Weights;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Durations;
import dev.qsc.quality.Slots;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;

/** The three stages of the status' canary: armed, located in the stream, in progress. */
final class Canaries {
    private Canaries() {}

    static CanaryRolloutStatus.Canary armed(
            Plan plan, UnitState.Baseline baseline, Weights after, Duration noDataTimeout, Instant now) {
        return new CanaryRolloutStatus.Canary(
                plan.spec().model(),
                plan.step().weight(),
                plan.stepIndex(),
                Reports.shares(baseline.weights()),
                Reports.shares(after.shares()),
                baseline.digest(),
                after.digest(),
                now,
                null,
                null,
                null,
                Durations.format(plan.noDataTimeout(noDataTimeout)),
                null,
                null,
                null,
                null);
    }

    static CanaryRolloutStatus.Canary located(
            CanaryRolloutStatus.Canary canary, StreamId lastId, Instant time, Instant t0, long slots) {
        return new CanaryRolloutStatus.Canary(
                canary.model(),
                canary.percent(),
                canary.step(),
                canary.weightsBefore(),
                canary.weightsAfter(),
                canary.digestBefore(),
                canary.digestAfter(),
                canary.activatedAt(),
                t0,
                lastId.toString(),
                time,
                canary.noDataTimeout(),
                new CanaryRolloutStatus.Slots(0L, 0L, slots, -1L),
                null,
                null,
                null);
    }

    /** Slots are counted until the step is complete; the checks go on. */
    static CanaryRolloutStatus.Canary progressed(
            CanaryRolloutStatus.Canary canary, Memory memory, Instant completedAt) {
        return new CanaryRolloutStatus.Canary(
                canary.model(),
                canary.percent(),
                canary.step(),
                canary.weightsBefore(),
                canary.weightsAfter(),
                canary.digestBefore(),
                canary.digestAfter(),
                canary.activatedAt(),
                canary.verifiedAt(),
                canary.sinceId(),
                canary.sinceTime(),
                canary.noDataTimeout(),
                canary.completedAt() == null ? counted(memory.watch().slots()) : canary.slots(),
                memory.lastCheck(),
                memory.scoreboard(),
                completedAt);
    }

    private static CanaryRolloutStatus.Slots counted(Slots slots) {
        return new CanaryRolloutStatus.Slots(
                slots.judged(), slots.unjudged(), slots.plan().required(), slots.lastSlot());
    }
}
