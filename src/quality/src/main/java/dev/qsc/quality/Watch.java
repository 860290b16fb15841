package dev.qsc.quality;

import java.time.Instant;
import java.util.List;

/**
 * What follows from check after check: go on, complete the step, or roll back. Immutable.
 *
 * @param slots how much of the step's time was seen to be healthy
 * @param tolerance how many failed checks it takes
 * @param history the last slots in which a check passed (0) or failed (1), the newest in the lowest bit; however many
 *     checks a slot has, it counts once, as failed if one of them failed
 * @param historySlot the slot of the newest bit, or -1
 * @param errors checks in a row that could not be made
 */
public record Watch(Slots slots, Tolerance tolerance, long history, long historySlot, int errors) {
    /** The first check in a row that could not be made and rolls back. */
    public static final int MAX_ERRORS = 4;

    /** A step that begins, or goes on after a restart. */
    public static Watch of(Slots slots, Tolerance tolerance) {
        return new Watch(slots, tolerance, 0, -1, 0);
    }

    /** What to do now. */
    public sealed interface Decision {
        /** Watch on. */
        record GoOn() implements Decision {}

        /** The step has its judged slots. */
        record Complete() implements Decision {}

        /** Take the canary out, because of these violations. */
        record RollBack(List<Violation> violations) implements Decision {}

        /**
         * Take the canary out: the step can no longer be called healthy.
         *
         * @param why one sentence for people
         */
        record Inconclusive(String why) implements Decision {}
    }

    /** The watch after a check, and what to do. */
    public record Next(Watch watch, Decision decision) {}

    /** After a check that was finished at this time. */
    public Next after(CheckResult result, Instant now) {
        return switch (result) {
            case CheckResult.Pass pass -> remember(0, slots.pass(now), now).decide(now);
            case CheckResult.NotJudged notJudged -> with(slots.elapse(now), 0).decide(now);
            case CheckResult.Fail fail -> {
                Watch next = remember(1, slots.fail(now), now);
                boolean isDecisive = fail.isImmediate() || Long.bitCount(next.history) >= tolerance.failures();
                yield isDecisive ? next.rollBack(fail.violations()) : next.decide(now);
            }
            case CheckResult.JudgeError error -> {
                Watch next = with(slots.elapse(now), errors + 1);
                yield next.errors >= MAX_ERRORS
                        ? next.rollBack(List.of(Violation.of(
                                Rule.JUDGE_ERROR,
                                "%d checks in a row could not be made, the last one: %s"
                                        .formatted(next.errors, error.cause()),
                                "")))
                        : next.decide(now);
            }
        };
    }

    private Watch with(Slots slots, int errors) {
        return new Watch(slots, tolerance, history, historySlot, errors);
    }

    private Watch remember(int failure, Slots slots, Instant now) {
        long slot = Math.max(historySlot, slots.plan().slotOf(now));
        long earlier = slot == historySlot ? history : history << 1;
        return new Watch(slots, tolerance, (earlier | failure) & ((1L << tolerance.of()) - 1), slot, 0);
    }

    private Next rollBack(List<Violation> violations) {
        return new Next(this, new Decision.RollBack(violations));
    }

    private Next decide(Instant now) {
        Decision decision = slots.inconclusive(now)
                .<Decision>map(Decision.Inconclusive::new)
                .orElseGet(() -> slots.isComplete() ? new Decision.Complete() : new Decision.GoOn());
        return new Next(this, decision);
    }
}
