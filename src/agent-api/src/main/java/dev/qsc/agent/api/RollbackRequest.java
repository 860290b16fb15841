package dev.qsc.agent.api;

import java.util.List;

/**
 * {@code DELETE /v1/units/{unit}/canary}: bring the engine home. Accepted at any epoch, also when there is no canary:
 * it tombstones every operation of the rollout up to its own sequence.
 *
 * @param rollout whose canary; that of another rollout is not touched
 * @param operation the rollback itself
 * @param trigger why, one word for the ledger: {@code qsc_monitor_violation}, {@code manual}, {@code deleted}, …
 * @param violations what was violated, a sentence each, for the ledger; may be empty. Beyond 100 sentences, or 200
 *     characters of one, they are cut: no amount of evidence may keep a rollback from being sent
 */
public record RollbackRequest(RolloutRef rollout, Operation operation, String trigger, List<String> violations) {
    private static final int MOST_VIOLATIONS = 100;
    private static final int LONGEST_VIOLATION = 200;

    public RollbackRequest {
        Check.present("rollout", rollout);
        Check.present("operation", operation);
        Check.matches("trigger", trigger, "[a-z][a-z0-9_]{0,63}");
        violations = violations == null
                ? List.of()
                : violations.stream()
                        .limit(MOST_VIOLATIONS)
                        .map(sentence -> sentence.substring(0, Math.min(sentence.length(), LONGEST_VIOLATION)))
                        .toList();
    }
}
