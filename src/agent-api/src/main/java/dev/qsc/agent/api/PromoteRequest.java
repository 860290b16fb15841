package dev.qsc.agent.api;

/**
 * {@code POST /v1/units/{unit}/canary/promote}: the canary's weights become the baseline.
 *
 * @param rollout whose canary
 * @param operation the promotion itself; the same one never restarts the engine twice
 * @param epoch fencing token of the sender
 * @param digest the weights that are to become the baseline: the canary's own, as a check
 * @param leaseDeadline until when the host may stay between the two baselines unheard, in milliseconds of its boot
 *     clock
 */
public record PromoteRequest(RolloutRef rollout, Operation operation, Epoch epoch, String digest, long leaseDeadline) {
    public PromoteRequest {
        Check.present("rollout", rollout);
        Check.present("operation", operation);
        Check.present("epoch", epoch);
        Digests.check("digest", digest);
        Check.that(leaseDeadline > 0, "leaseDeadline", "must be positive milliseconds of the host's boot clock");
    }
}
