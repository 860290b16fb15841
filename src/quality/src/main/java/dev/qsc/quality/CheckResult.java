package dev.qsc.quality;

import java.util.List;

/** What one check of the monitor found. */
public sealed interface CheckResult {
    /** What it rests on. */
    CheckReport report();

    /** Every rule holds on enough evidence. */
    record Pass(CheckReport report) implements CheckResult {}

    /**
     * There is not enough evidence yet.
     *
     * @param why one sentence for people
     */
    record NotJudged(String why, CheckReport report) implements CheckResult {}

    /** At least one rule does not hold. */
    record Fail(List<Violation> violations, CheckReport report) implements CheckResult {
        /** Whether no number of tolerated failures covers this one. */
        public boolean isImmediate() {
            return violations.stream().anyMatch(violation -> violation.rule().isImmediate());
        }
    }

    /**
     * The check could not be made.
     *
     * @param cause one sentence for people
     */
    record JudgeError(String cause) implements CheckResult {
        @Override
        public CheckReport report() {
            return CheckReport.NOTHING;
        }
    }
}
