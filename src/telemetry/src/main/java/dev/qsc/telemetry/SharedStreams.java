package dev.qsc.telemetry;

import java.util.HashMap;
import java.util.Map;

/** The streams that are being read, each by one reader, however many views there are. Thread-safe. */
public final class SharedStreams {
    private final Map<StreamPlace, SharedStream> streams = new HashMap<>();

    /**
     * A view of a stream. Nothing is read before it is asked for.
     *
     * @throws TelemetryException when it can never be read
     */
    public synchronized StreamView open(StreamPlace place) {
        SharedStream stream = streams.get(place);
        if (stream == null) {
            EventSource source = place.open();
            stream = new SharedStream(source, () -> Thread.ofVirtual().start(source::close));
            streams.put(place, stream);
        }
        SharedStream opened = stream;
        return opened.join(view -> leave(place, opened, view));
    }

    private synchronized void leave(StreamPlace place, SharedStream stream, StreamView view) {
        if (stream.leave(view)) {
            streams.remove(place, stream);
        }
    }
}
