package dev.qsc.agent.api;

/**
 * One thing the operator decided to do once. The host's root record decides idempotency by it: a repeated id is
 * answered with the live state and never acts twice.
 *
 * @param id unique, chosen by the operator and persisted before the request is sent
 * @param sequence grows with each operation of a rollout, from 1; a rollback tombstones every sequence up to its own
 */
public record Operation(String id, long sequence) {
    public Operation {
        Check.matches("operation.id", id, "[0-9a-zA-Z-]{1,64}");
        Check.that(sequence >= 1, "operation.sequence", "must be at least 1, not " + sequence);
    }
}
