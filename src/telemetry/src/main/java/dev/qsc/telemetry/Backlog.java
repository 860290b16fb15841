package dev.qsc.telemetry;

import dev.qsc.quality.Counters;
import dev.qsc.quality.Event;
import dev.qsc.quality.Reading;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Unusable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The end of a stream as far as it was read: usable events, and counts of what lies between them. It grows at both ends
 * without gaps; {@link #trim} bounds it. Not thread-safe.
 */
final class Backlog {
    private Deque<Item> items = new ArrayDeque<>();
    private int events;
    private StreamId oldest;
    private StreamId last;

    private sealed interface Item {
        StreamId id();
    }

    private record Usable(Event event) implements Item {
        @Override
        public StreamId id() {
            return event.id();
        }
    }

    /** Neighbouring entries that cannot be used, and the newest one's id: one entry, until there are too many. */
    private record Unusables(StreamId id, Counters counters) implements Item {}

    /** Knows where the stream ends, and no entry yet. */
    Backlog(StreamId last) {
        this.last = last;
        this.oldest = last.next();
    }

    /** The last id that was read. */
    StreamId last() {
        return last;
    }

    /** Every entry at or after this id that there was is here. */
    StreamId oldest() {
        return oldest;
    }

    /** Adds the entry that follows the last one. */
    void append(StreamId id, Reading reading) {
        items.addLast(item(id, reading));
        last = id;
    }

    /** Adds the entry that precedes the oldest one. */
    void prepend(StreamId id, Reading reading) {
        items.addFirst(item(id, reading));
        oldest = id;
    }

    private Item item(StreamId id, Reading reading) {
        return switch (reading) {
            case Event event -> {
                events++;
                yield new Usable(event);
            }
            case Unusable unusable -> new Unusables(id, Counters.NONE.plus(unusable));
        };
    }

    /** Says that between this id and the oldest entry there is none. */
    void reachesBackTo(StreamId id) {
        oldest = id;
    }

    /** Drops the oldest events until there are no more than this, and counts together what cannot be used. */
    void trim(int bound) {
        while (events > bound) {
            Item dropped = items.removeFirst();
            oldest = dropped.id().next();
            events -= dropped instanceof Usable ? 1 : 0;
        }
        if (items.size() - events > 2 * bound + 2) {
            mergeUnusables();
        }
    }

    private void mergeUnusables() {
        Deque<Item> merged = new ArrayDeque<>();
        for (Item item : items) {
            if (item instanceof Unusables(StreamId id, Counters counters)
                    && merged.peekLast() instanceof Unusables before) {
                merged.removeLast();
                merged.addLast(new Unusables(id, before.counters().plus(counters)));
            } else {
                merged.addLast(item);
            }
        }
        items = merged;
    }

    /** How much it holds: events, and stretches between them. */
    int size() {
        return items.size();
    }

    /** Whether all events at or after this id are here, or as many as are wanted. */
    boolean covers(StreamId from, int wanted) {
        return !oldest.isAfter(from) || events >= wanted;
    }

    /** How many events more are wanted than are here. */
    int room(int wanted) {
        return Math.max(0, wanted - events);
    }

    /** The newest events at or after this id. */
    RecentEvents newest(StreamId from, int wanted) {
        RecentEvents newest = new RecentEvents(wanted);
        Iterator<Item> newestFirst = items.descendingIterator();
        while (newestFirst.hasNext() && !newest.isFull()) {
            Item item = newestFirst.next();
            if (from.isAfter(item.id())) {
                break;
            }
            switch (item) {
                case Usable(Event event) -> newest.prepend(event);
                case Unusables unusables -> newest.prepend(unusables.counters());
            }
        }
        return newest;
    }
}
