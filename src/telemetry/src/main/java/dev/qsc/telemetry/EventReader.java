package dev.qsc.telemetry;

import dev.qsc.quality.EventParser;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import java.time.Duration;
import java.util.List;

/** Reads a source back from its end, page by page, until there are enough usable events. */
public final class EventReader {
    /** Reading that takes longer is given up: the caller has a rollback to think of. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int FIRST_PAGE = 4;
    private static final int LARGEST_PAGE = 4_096;
    private static final long PAGE_BYTES = 4L << 20;

    private EventReader() {}

    /**
     * The window of the gate.
     *
     * @param from entries before this id do not count: the cutover
     * @param maxEvents how many of the newest usable events are wanted, at least 1
     * @throws TelemetryException when the source cannot be read
     */
    public static Window newest(EventSource source, StreamId from, int maxEvents) {
        RecentEvents events = new RecentEvents(maxEvents);
        readBack(source, new EventParser(), StreamId.MAX, from, events, LIMIT);
        return events.window();
    }

    /** Prepends entries until there are as many events as allowed, or none left in the range. */
    static void readBack(
            EventSource source,
            EventParser parser,
            StreamId newest,
            StreamId oldest,
            RecentEvents events,
            Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        StreamId next = newest;
        int count = FIRST_PAGE;
        while (true) {
            List<StreamEntry> page = source.backward(next, oldest, count);
            for (StreamEntry entry : page) {
                events.prepend(parser.parse(entry));
                if (events.isFull()) {
                    return;
                }
            }
            if (page.size() < count || page.getLast().id().equals(oldest)) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TelemetryException(
                        TelemetryException.Kind.TIMED_OUT,
                        "%s has more entries between usable events than can be read in %s seconds"
                                .formatted(source, limit.toMillis() / 1_000.0));
            }
            next = page.getLast().id().previous();
            count = nextCount(page);
        }
    }

    /** Pages grow while entries are small, and shrink at once when they are large: a page is a few megabytes. */
    private static int nextCount(List<StreamEntry> page) {
        long bytes = page.stream().mapToLong(StreamEntry::size).sum();
        long fitting = PAGE_BYTES * page.size() / Math.max(1, bytes);
        return (int) Math.clamp(fitting, 1, Math.min(LARGEST_PAGE, 4L * page.size()));
    }
}
