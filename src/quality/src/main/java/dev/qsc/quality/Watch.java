package dev.qsc.quality;

import java.time.Instant;
import java.util.List;

/**
 * What follows from check after check: go on, complete the step, or roll back. Immutable.
 *
 * @param slots how much of the step's time was seen to be healthy
 * @param tolerance how many failed checks it takes
 * @param history the last checks that passed (0) or failed (1), the newest in the lowest bit
 * @param errors checks in a row that could not be made
 */
public record Watch(Slots slots, Tolerance tolerance, long history, int errors) {
    /** The first check in a row that could not be made and rolls back. */
    public static final int MAX_ERRORS = 4;

    /** A step that begins, or goes on after a restart. */
    public static Watch of(Slots slots, Tolerance tolerance) {
        return new Watch(slots, tolerance, 0, 0);
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
            case CheckResult.Pass pass -> with(slots.pass(now), remember(0), 0).decide(now);
            case CheckResult.NotJudged notJudged ->
                with(slots.elapse(now), history, 0).decide(now);
            case CheckResult.Fail fail -> {
                Watch next = with(slots.fail(now), remember(1), 0);
                boolean isDecisive = fail.isImmediate() || Long.bitCount(next.history) >= tolerance.failures();
                yield isDecisive ? next.rollBack(fail.violations()) : next.decide(now);
            }
            case CheckResult.JudgeError error -> {
                Watch next = with(slots.elapse(now), history, errors + 1);
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

    private Watch with(Slots slots, long history, int errors) {
        return new Watch(slots, tolerance, history, errors);
    }

    private long remember(int failure) {
        return ((history << 1) | failure) & ((1L << tolerance.of()) - 1);
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
