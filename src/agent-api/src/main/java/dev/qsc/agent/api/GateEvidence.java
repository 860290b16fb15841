package dev.qsc.agent.api;

import java.time.Duration;
import java.time.Instant;

/**
 * What the gate saw, for the ledger's {@code canary_activated} record.
 *
 * @param events usable events that the gate judged
 * @param cutover only events at or after this instant were read
 * @param judgedAt when the gate passed
 * @param monitoring how long the canary is to be watched
 */
public record GateEvidence(int events, Instant cutover, Instant judgedAt, Duration monitoring) {
    public GateEvidence {
        Check.that(events >= 1, "evidence.events", "must be at least 1: no evidence, no canary");
        Check.present("evidence.cutover", cutover);
        Check.present("evidence.judgedAt", judgedAt);
        Check.present("evidence.monitoring", monitoring);
    }
}
