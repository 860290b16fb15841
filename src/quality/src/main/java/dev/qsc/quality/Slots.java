package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How much of a step's time was seen to be healthy.
 *
 * <p>From {@code t0} on, time is cut into slots of {@code interval}. A slot is judged if a check in it passed and none
 * failed; else it is unjudged, also when nobody watched. Each slot is counted once. The first judged slot ends the
 * warm-up and counts; the slots before it count neither way. Immutable; {@link #judged}, {@link #unjudged} and
 * {@link #lastSlot} are all that has to be stored to go on after a restart.
 *
 * @param plan what the step asks for
 * @param judged judged slots
 * @param unjudged unjudged slots after the warm-up
 * @param lastSlot the newest slot that is counted, or -1
 * @param lastIsJudged whether that slot was counted as judged by this watcher, so that a failure can still take it back
 */
public record Slots(Plan plan, long judged, long unjudged, long lastSlot, boolean lastIsJudged) {
    /**
     * What a step asks for.
     *
     * @param t0 when the first slot begins
     * @param interval length of a slot
     * @param duration how long the step lasts if every slot is judged
     * @param warmup how long the first judged slot may take
     */
    public record Plan(Instant t0, Duration interval, Duration duration, Duration warmup) {
        /** @throws IllegalArgumentException when a duration is not above zero */
        public Plan {
            Check.positive("interval", interval);
            Check.positive("duration", duration);
            Check.positive("warmup", warmup);
        }

        /** Judged slots that complete the step. */
        public long required() {
            long whole = duration.dividedBy(interval);
            return interval.multipliedBy(whole).equals(duration) ? whole : whole + 1;
        }

        /** The slot of a moment; below zero before {@code t0}. */
        public long slotOf(Instant moment) {
            Duration elapsed = Duration.between(t0, moment);
            return elapsed.isNegative() ? -1 : elapsed.dividedBy(interval);
        }
    }

    /** Nothing counted yet. */
    public static Slots begin(Plan plan) {
        return resume(plan, 0, 0, -1);
    }

    /** What another watcher had counted. */
    public static Slots resume(Plan plan, long judged, long unjudged, long lastSlot) {
        return new Slots(plan, judged, unjudged, lastSlot, false);
    }

    /** After a check that passed: its slot is judged, unless it is counted already. */
    public Slots pass(Instant now) {
        long slot = plan.slotOf(now);
        Slots before = countUnjudgedBefore(slot);
        return slot <= before.lastSlot ? before : new Slots(plan, judged + 1, before.unjudged, slot, true);
    }

    /** After a check that failed and was tolerated: its slot is unjudged, whatever other checks in it say. */
    public Slots fail(Instant now) {
        long slot = plan.slotOf(now);
        Slots before = countUnjudgedBefore(slot);
        if (slot > before.lastSlot) {
            return before.countUnjudgedBefore(slot + 1);
        }
        return slot == lastSlot && lastIsJudged
                ? new Slots(plan, judged - 1, judged > 1 ? unjudged + 1 : 0, lastSlot, false)
                : before;
    }

    /** After a check without a verdict, or no check at all: the slots that have ended are counted. */
    public Slots elapse(Instant now) {
        return countUnjudgedBefore(plan.slotOf(now));
    }

    private Slots countUnjudgedBefore(long slot) {
        long missed = slot - 1 - lastSlot;
        return missed <= 0 ? this : new Slots(plan, judged, isWarmingUp() ? 0 : unjudged + missed, slot - 1, false);
    }

    /** Whether no slot is judged yet. */
    public boolean isWarmingUp() {
        return judged == 0;
    }

    /** Whether the step has its judged slots. */
    public boolean isComplete() {
        return judged >= plan.required();
    }

    /** Why the step can no longer be called healthy, a sentence for people; empty while it still can. */
    public Optional<String> inconclusive(Instant now) {
        if (isWarmingUp() && !now.isBefore(plan.t0().plus(plan.warmup()))) {
            return Optional.of("No check passed within the warm-up of " + plan.warmup());
        }
        if (unjudged * 10 > plan.required()) {
            return Optional.of(
                    "%d slots could not be judged, more than a tenth of %d".formatted(unjudged, plan.required()));
        }
        return Optional.empty();
    }
}
