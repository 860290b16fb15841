package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.util.List;

/** A stream of entries, wherever it is kept. Every call may throw {@link TelemetryException}. */
public interface EventSource {
    /** Where the stream ends now. */
    Position position();

    /**
     * One page, read back from the end.
     *
     * @param newest the newest id wanted, included
     * @param oldest the oldest id wanted, included
     * @param count the most entries wanted, at least 1
     * @return the newest entries in this range, newest first
     */
    List<StreamEntry> backward(StreamId newest, StreamId oldest, int count);
}
