package dev.qsc.telemetry;

import java.util.HashMap;
import java.util.Map;

/** The streams that are being read, each by one reader, however many views there are. Thread-safe. */
public final class SharedStreams {
    private final Map<Place, SharedStream> streams = new HashMap<>();

    private record Place(RedisAddress address, String key) {}

    /**
     * A view of a stream. Nothing is read before it is asked for.
     *
     * @param key the stream's key
     * @throws TelemetryException when the CA cannot be read
     */
    public synchronized StreamView open(RedisAddress address, String key) {
        Place place = new Place(address, key);
        SharedStream stream = streams.get(place);
        if (stream == null) {
            RedisStream redis = RedisStream.open(address, key);
            stream = new SharedStream(redis, () -> Thread.ofVirtual().start(redis::close));
            streams.put(place, stream);
        }
        SharedStream opened = stream;
        return opened.join(view -> leave(place, opened, view));
    }

    private synchronized void leave(Place place, SharedStream stream, StreamView view) {
        if (stream.leave(view)) {
            streams.remove(place, stream);
        }
    }
}
