package dev.qsc.telemetry;

import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link StreamView} knows after a read.
 *
 * @param recent the newest usable events of the range that was asked for; the caller's own
 * @param lastId the stream's newest entry, in that range or not; {@link StreamId#ZERO} for a stream without entries
 * @param time the time by the clock that gives out the ids
 * @param notice one sentence for people when entries may be missing, once to each view; empty when all is well
 */
public record Snapshot(RecentEvents recent, StreamId lastId, Instant time, Optional<String> notice) {}
