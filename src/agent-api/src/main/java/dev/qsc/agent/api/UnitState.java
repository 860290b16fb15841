package dev.qsc.agent.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /v1/units/{unit}}: the live state of one engine on one host.
 *
 * @param unit the systemd unit
 * @param state where it stands
 * @param message why, a sentence; empty when there is nothing to say
 * @param operation the operation that {@code state} speaks of; absent when {@code Idle}
 * @param engine what systemd says of the unit
 * @param baseline the weights to come home to; absent when the host has none, which makes the unit unusable
 * @param canary the canary that is armed; absent when none is
 * @param fences what the host remembers of rollouts it served, newest first
 * @param limits what root allows for this unit
 * @param clock the host's clocks when this was answered
 */
public record UnitState(
        String unit,
        CanaryState state,
        String message,
        OperationRef operation,
        Engine engine,
        Baseline baseline,
        Canary canary,
        List<Fence> fences,
        Limits limits,
        HostClock clock) {
    public UnitState {
        fences = fences == null ? List.of() : List.copyOf(fences);
    }

    /**
     * An operation and whose it is.
     *
     * @param rolloutUid the rollout's uid
     * @param id the operation's id
     * @param sequence the operation's sequence
     */
    public record OperationRef(String rolloutUid, String id, long sequence) {}

    /**
     * The unit as systemd has it.
     *
     * @param activeState {@code active}, {@code activating}, {@code failed}, …
     * @param subState {@code running}, {@code auto-restart}, …
     * @param activeEnterTimestamp when it last became active; absent when it never did
     * @param invocationId of the running start; absent when it does not run
     * @param restarts automatic restarts since the last manual one
     * @param acknowledgedDigest the weights digest that the engine says it loaded (sd_notify STATUS
     *     {@code weights_digest=…}); absent when it says none
     */
    public record Engine(
            String activeState,
            String subState,
            Instant activeEnterTimestamp,
            String invocationId,
            int restarts,
            String acknowledgedDigest) {}

    /**
     * The weights to come home to.
     *
     * @param digest SHA-256 of the file
     * @param weights model to weight, as the file has them: positive numbers that need not sum to 1
     */
    public record Baseline(String digest, Map<String, BigDecimal> weights) {
        public Baseline {
            weights = weights == null ? Map.of() : Map.copyOf(weights);
        }
    }

    /**
     * The canary that is armed.
     *
     * @param rollout whose
     * @param operation that put it there
     * @param epoch of the leader that did
     * @param step which step, from 0
     * @param model the canary
     * @param percent its share
     * @param digest of its weights
     * @param oldDigest of the baseline that a rollback restores
     * @param leaseDeadline until when it may stay, in milliseconds of the host's boot clock; 0 when no valid lease is
     *     held
     * @param verifiedAt when every process was seen with its values; absent before
     * @param invocationId of the start that was verified; absent before
     */
    public record Canary(
            RolloutRef rollout,
            Operation operation,
            Epoch epoch,
            int step,
            String model,
            int percent,
            String digest,
            String oldDigest,
            long leaseDeadline,
            Instant verifiedAt,
            String invocationId) {}

    /**
     * What the host remembers of one rollout, across reboots.
     *
     * @param rolloutUid whose
     * @param epoch highest epoch seen
     * @param tombstone operations up to this sequence are dead; 0 when none is
     * @param operation the last operation taken
     * @param state how the last operation ended, or where it stands
     * @param message why, a sentence
     */
    public record Fence(
            String rolloutUid,
            Epoch epoch,
            long tombstone,
            OperationRef operation,
            CanaryState state,
            String message) {}

    /**
     * What root allows for this unit.
     *
     * @param maxLeaseMillis a lease reaches at most this far ahead
     * @param maxTotalMillis a canary stays at most this long altogether
     * @param soakMillis an engine must have run this long before it counts as active
     */
    public record Limits(long maxLeaseMillis, long maxTotalMillis, long soakMillis) {}
}
