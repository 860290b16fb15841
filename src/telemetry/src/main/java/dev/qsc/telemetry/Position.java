package dev.qsc.telemetry;

import dev.qsc.quality.StreamId;
import java.time.Instant;

/**
 * Where a stream ends.
 *
 * @param lastId its newest entry; {@link StreamId#ZERO} for a stream without entries
 * @param time the time by the clock that gives out the ids
 */
public record Position(StreamId lastId, Instant time) {}
