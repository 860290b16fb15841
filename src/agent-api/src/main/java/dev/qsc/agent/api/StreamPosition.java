package dev.qsc.agent.api;

import java.time.Instant;

/**
 * {@code GET /v1/telemetry/{source}}: where a stream that is read through a host ends.
 *
 * @param lastId its newest entry; {@code 0-0} for a stream without entries
 * @param time the time by the clock that gives out the ids
 */
public record StreamPosition(String lastId, Instant time) {}
