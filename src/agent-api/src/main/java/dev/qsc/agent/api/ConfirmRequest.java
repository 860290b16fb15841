package dev.qsc.agent.api;

/**
 * {@code POST /v1/units/{unit}/canary/promote/confirm}: every host is promoted, the old baseline may be forgotten.
 *
 * @param rollout whose promotion
 * @param operation the promotion's operation
 * @param epoch fencing token of the sender
 */
public record ConfirmRequest(RolloutRef rollout, Operation operation, Epoch epoch) {
    public ConfirmRequest {
        Check.present("rollout", rollout);
        Check.present("operation", operation);
        Check.present("epoch", epoch);
    }
}
