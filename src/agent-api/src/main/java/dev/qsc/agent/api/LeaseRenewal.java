package dev.qsc.agent.api;

/**
 * {@code POST /v1/units/{unit}/canary/lease}: the canary may stay until then.
 *
 * @param rollout for whom
 * @param operationId the operation that put the canary there; a renewal for another one is refused
 * @param epoch fencing token of the sender
 * @param deadline absolute, in milliseconds of the host's boot clock, so that a renewal that was delayed extends
 *     nothing
 */
public record LeaseRenewal(RolloutRef rollout, String operationId, Epoch epoch, long deadline) {
    public LeaseRenewal {
        Check.present("rollout", rollout);
        Check.matches("operationId", operationId, "[0-9a-zA-Z-]{1,64}");
        Check.present("epoch", epoch);
        Check.that(deadline > 0, "deadline", "must be positive milliseconds of the host's boot clock");
    }
}
