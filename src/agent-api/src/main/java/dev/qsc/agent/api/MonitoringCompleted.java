package dev.qsc.agent.api;

import java.time.Duration;

/**
 * {@code POST /v1/units/{unit}/ledger}: the watch over a canary ended without a violation. Appended as the ledger's
 * {@code monitoring_completed} record, once per operation.
 *
 * @param rollout whose canary
 * @param operation the operation that put the canary there
 * @param duration how long it was watched
 * @param checks checks that judged it
 */
public record MonitoringCompleted(RolloutRef rollout, Operation operation, Duration duration, int checks) {
    public MonitoringCompleted {
        Check.present("rollout", rollout);
        Check.present("operation", operation);
        Check.present("duration", duration);
        Check.that(checks >= 0, "checks", "must not be negative");
    }
}
