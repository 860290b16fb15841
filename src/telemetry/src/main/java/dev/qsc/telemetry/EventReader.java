package dev.qsc.telemetry;

import dev.qsc.quality.EventParser;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Reads the newest usable events of a stream or a recording, once. */
public final class EventReader {
    /** Reading that goes on for longer without finding what is wanted is given up. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private EventReader() {}

    /** Takes what was read back. */
    interface Sink {
        /**
         * Takes the next page.
         *
         * @param page entries that precede all before, newest first
         * @return how many events are still wanted; 0 ends the reading
         */
        int take(List<StreamEntry> page);
    }

    /**
     * The newest usable events of a stream, read back from its end.
     *
     * @param from entries before this id do not count: the cutover
     * @param maxEvents how many of the newest usable events are wanted, at least 1
     * @throws TelemetryException when the source cannot be read
     */
    public static Window newest(EventSource source, StreamId from, int maxEvents) {
        return newest(source, from, StreamId.MAX, maxEvents);
    }

    /**
     * The newest usable events of a stretch of stream, read back from its end.
     *
     * @param from the oldest id that counts
     * @param to the newest id that counts
     * @param maxEvents how many of the newest usable events are wanted, at least 1
     * @throws TelemetryException when the source cannot be read
     */
    public static Window newest(EventSource source, StreamId from, StreamId to, int maxEvents) {
        EventParser parser = new EventParser();
        RecentEvents events = new RecentEvents(maxEvents);
        readBack(source, to, from, maxEvents, LIMIT, page -> {
            for (int i = 0; i < page.size() && !events.isFull(); i++) {
                events.prepend(parser.parse(page.get(i)));
            }
            return maxEvents - events.size();
        });
        return events.window();
    }

    /**
     * The newest usable events of a recording, which is read from its beginning and not held in memory.
     *
     * @param recording a {@link JsonlRecording}
     * @param from the oldest id that counts
     * @param to the newest id that counts
     * @param maxEvents how many of the newest usable events are wanted, at least 1
     * @throws TelemetryException when the file cannot be read, or is no recording
     */
    public static Window newest(Path recording, StreamId from, StreamId to, int maxEvents) {
        EventParser parser = new EventParser();
        RecentEvents events = new RecentEvents(maxEvents);
        try (JsonlRecording entries = JsonlRecording.open(recording)) {
            while (entries.hasNext()) {
                StreamEntry entry = entries.next();
                if (entry.id().isAfter(to)) {
                    break;
                }
                if (!from.isAfter(entry.id())) {
                    events.append(parser.parse(entry));
                }
            }
        }
        return events.window();
    }

    /**
     * Hands out page after page until no event is wanted any more, or no entry is left.
     *
     * @param limit how long it may go on without finding an event
     */
    static void readBack(EventSource source, StreamId newest, StreamId oldest, int wanted, Duration limit, Sink sink) {
        long deadline = System.nanoTime() + limit.toNanos();
        int count = Pages.FIRST;
        int left = wanted;
        Page page = source.backward(newest, oldest, count);
        while (!page.isLast() && !page.entries().getLast().id().equals(oldest)) {
            int stillLeft = sink.take(page.entries());
            if (stillLeft == 0) {
                return;
            }
            deadline = stillLeft < left ? System.nanoTime() + limit.toNanos() : deadline;
            left = stillLeft;
            requireTime(deadline, limit, source + " has more entries between usable events than can be read");
            count = Pages.sizeAfter(page.entries());
            page = source.backward(page.entries().getLast().id().previous(), oldest, count);
        }
        sink.take(page.entries());
    }

    /** The result when it is there, or the failure as it was. */
    static <T> T joined(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TelemetryException failure) {
                throw failure;
            }
            throw e;
        }
    }

    static void requireTime(long deadline, Duration limit, String what) {
        if (System.nanoTime() - deadline > 0) {
            throw new TelemetryException(
                    Kind.TIMED_OUT, "%s in %s seconds".formatted(what, limit.toMillis() / 1_000.0));
        }
    }
}
