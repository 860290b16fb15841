package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A stream of entries that grows at its end. To be closed. Every other call may throw {@link TelemetryException}, and
 * ends within seconds.
 */
public interface EventSource extends AutoCloseable {
    /** The time by the clock that gives out the ids. */
    Instant time();

    /**
     * One page, read back from the end.
     *
     * @param newest the newest id wanted, included
     * @param oldest the oldest id wanted, included
     * @param count the most entries wanted, at least 1
     * @return the newest entries in this range, newest first; fewer than wanted when they are large
     */
    Page backward(StreamId newest, StreamId oldest, int count);

    /**
     * One page, read on towards the end.
     *
     * @param last the last id that is known, not included
     * @param count the most entries wanted, at least 1
     * @param wait how long to wait for an entry when there is none; 0 for not at all, and never more than 2 s
     * @return the oldest entries after this id, oldest first; fewer than wanted when they are large
     */
    Page after(StreamId last, int count, Duration wait);

    /** Where the stream ends now. */
    default Position position() {
        List<StreamEntry> newest = backward(StreamId.MAX, StreamId.ZERO, 1).entries();
        return new Position(newest.isEmpty() ? StreamId.ZERO : newest.getFirst().id(), time());
    }

    /** Lets go of what it holds; most often a connection. */
    @Override
    default void close() {}
}
