package dev.qsc.telemetry;

import dev.qsc.quality.EventParser;
import dev.qsc.quality.MonitorWindow;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * Follows a stream from a given entry on, each time from where it left off, and keeps the newest events that the
 * monitor may need: never more than {@link MonitorWindow#MAX_EVENTS}, however long it runs. A reader that is far behind
 * skips what would not be kept. After an error it goes on with the next call. Not thread-safe.
 */
public final class StreamFollower {
    private final EventSource source;
    private final EventParser parser = new EventParser();
    private final RecentEvents recent = new RecentEvents(MonitorWindow.MAX_EVENTS);
    private StreamId last;

    /**
     * What is known after a read.
     *
     * @param recent the newest events after the given entry; the follower's own, and changed by its next read
     * @param time the time by the clock that gives out the ids
     * @param notice one sentence for people when entries may be missing; empty when all is well
     */
    public record Update(RecentEvents recent, Instant time, Optional<String> notice) {}

    /** @param sinceId the last entry that does not count */
    public StreamFollower(EventSource source, StreamId sinceId) {
        this.source = source;
        this.last = sinceId;
    }

    /**
     * Reads what was added since the last call.
     *
     * @throws TelemetryException when the source cannot be read; nothing is lost, the next call reads it
     */
    public Update read() {
        Position end = source.position();
        if (end.lastId().equals(last)) {
            return new Update(recent, end.time(), Optional.empty());
        }
        RecentEvents newer = new RecentEvents(MonitorWindow.MAX_EVENTS);
        if (end.lastId().isAfter(last)) {
            EventReader.readBack(source, parser, end.lastId(), last.next(), newer, EventReader.LIMIT);
        }
        Optional<String> notice = newer.isFull() ? Optional.empty() : missing(last);
        recent.append(newer);
        last = end.lastId().isAfter(last) ? end.lastId() : last;
        return new Update(recent, end.time(), notice);
    }

    /** The entry that was read last stays in the stream unless the stream is trimmed or begun anew. */
    private Optional<String> missing(StreamId entry) {
        return entry.equals(StreamId.ZERO) || !source.backward(entry, entry, 1).isEmpty()
                ? Optional.empty()
                : Optional.of("%s no longer holds entry %s: it was trimmed or begun anew, and entries may be missing"
                        .formatted(source, entry));
    }
}
