package dev.qsc.telemetry;

import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One user's view of a stream that others may view as well: each entry is fetched and parsed once for all of them.
 * Thread-safe. To be closed; a closed view must not be read.
 */
public final class StreamView implements AutoCloseable {
    private final SharedStream stream;
    private final Consumer<StreamView> leaving;

    // What this user asked for last and was told; guarded by the stream.
    int wanted = 1;

    long noticesTold;
    boolean isClosed;

    StreamView(SharedStream stream, Consumer<StreamView> leaving) {
        this.stream = stream;
        this.leaving = leaving;
    }

    /**
     * The newest usable events, after reading what is new. While another view reads, this one waits for it and shares
     * what it finds, or its failure: a server that hangs costs all views together one time-out.
     *
     * @param from entries before this id do not count
     * @param maxEvents the most events wanted, at least 1; as many are kept in memory, until another number is asked
     *     for
     * @throws TelemetryException when the stream cannot be read; nothing is lost, the next call goes on from there
     */
    public Snapshot read(StreamId from, int maxEvents) {
        return stream.read(this, from, maxEvents);
    }

    /**
     * Waits until the stream ends elsewhere than at an id.
     *
     * @param seen the {@link Snapshot#lastId} that is known already
     * @param wait how long to wait at most; it may take a tenth of a second longer
     * @return whether there is news; false as well when the view is closed meanwhile
     * @throws TelemetryException when the stream cannot be read
     */
    public boolean awaitNews(StreamId seen, Duration wait) {
        return stream.awaitNews(this, seen, wait);
    }

    /** The stream itself, for what is asked rarely. Its calls wait for each other and for those of all views. */
    public EventSource source() {
        return stream.source();
    }

    /** Lets go of the stream; with its last view its connection is closed. */
    @Override
    public void close() {
        leaving.accept(this);
    }
}
