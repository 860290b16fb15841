package dev.qsc.agent.api;

import java.time.Duration;

/**
 * {@code PUT /v1/units/{unit}/canary}: the canary that should run.
 *
 * @param rollout for whom
 * @param attemptId the attempt of the rollout, for people who read the host
 * @param operation the same operation never restarts the engine twice
 * @param epoch fencing token of the sender
 * @param step which step of the rollout, from 0
 * @param model the canary
 * @param percent the canary's share in percent, 1 to 100; for people, {@code weights} decides
 * @param weights what the engine should load
 * @param baselineDigest the baseline these weights were computed from; another one on the host is a conflict
 * @param leaseDeadline until when the host may stay on the canary, in milliseconds of the host's boot clock
 * @param startTimeout how long the engine may take to become active
 * @param evidence what the gate saw
 */
public record CanaryRequest(
        RolloutRef rollout,
        String attemptId,
        Operation operation,
        Epoch epoch,
        int step,
        String model,
        int percent,
        Weights weights,
        String baselineDigest,
        long leaseDeadline,
        Duration startTimeout,
        GateEvidence evidence) {
    public CanaryRequest {
        Check.present("rollout", rollout);
        Check.matches("attemptId", attemptId, "[0-9a-zA-Z-]{1,64}");
        Check.present("operation", operation);
        Check.present("epoch", epoch);
        Check.that(step >= 0, "step", "must not be negative");
        Check.present("weights", weights);
        Check.that(model != null && weights.shares().containsKey(model), "model", "must be one of the weights");
        Check.that(percent >= 1 && percent <= 100, "percent", "must be between 1 and 100");
        Digests.check("baselineDigest", baselineDigest);
        Check.that(leaseDeadline > 0, "leaseDeadline", "must be positive milliseconds of the host's boot clock");
        Check.present("startTimeout", startTimeout);
        Check.that(startTimeout.isPositive(), "startTimeout", "must be positive");
        Check.present("evidence", evidence);
    }
}
