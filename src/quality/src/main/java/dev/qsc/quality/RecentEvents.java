package dev.qsc.quality;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The newest usable events of a stream, never more than a bound, and what lies between them. It grows at both ends:
 * {@link #append} follows a stream as it is written, {@link #prepend} reads back from its end. Not thread-safe.
 */
public final class RecentEvents {
    private final int bound;
    private final Deque<Stretch> stretches = new ArrayDeque<>();
    private Counters beforeOldest = Counters.NONE;

    /** An event and the unusable entries between it and the next newer one. */
    private static final class Stretch {
        final Event event;
        Counters after;

        Stretch(Event event, Counters after) {
            this.event = event;
            this.after = after;
        }
    }

    /** @param bound how many events are kept, at least 1 */
    public RecentEvents(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("At least 1 event must be kept, not " + bound);
        }
        this.bound = bound;
    }

    /** Adds what follows everything seen; the oldest event is dropped when there are too many. */
    public void append(Reading reading) {
        switch (reading) {
            case Event event -> {
                stretches.addLast(new Stretch(event, Counters.NONE));
                if (stretches.size() > bound) {
                    stretches.removeFirst();
                }
            }
            case Unusable unusable -> {
                if (stretches.isEmpty()) {
                    beforeOldest = beforeOldest.plus(unusable);
                } else {
                    Stretch newest = stretches.getLast();
                    newest.after = newest.after.plus(unusable);
                }
            }
        }
    }

    /**
     * Adds what precedes everything seen.
     *
     * @throws IllegalStateException when {@link #isFull}
     */
    public void prepend(Reading reading) {
        if (isFull()) {
            throw new IllegalStateException("The bound of " + bound + " events is reached");
        }
        switch (reading) {
            case Event event -> {
                stretches.addFirst(new Stretch(event, beforeOldest));
                beforeOldest = Counters.NONE;
            }
            case Unusable unusable -> beforeOldest = beforeOldest.plus(unusable);
        }
    }

    /** Adds unusable entries that precede everything seen. */
    public void prepend(Counters unusable) {
        beforeOldest = beforeOldest.plus(unusable);
    }

    /** Number of events kept. */
    public int size() {
        return stretches.size();
    }

    /** Whether as many events are kept as the bound allows. */
    public boolean isFull() {
        return stretches.size() >= bound;
    }

    /** The events kept, newest first. */
    public Iterator<Event> newestFirst() {
        Iterator<Stretch> stretches = this.stretches.descendingIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return stretches.hasNext();
            }

            @Override
            public Event next() {
                return stretches.next().event;
            }
        };
    }

    /** Everything kept; as long as there is room for more events, also the unusable entries before the oldest one. */
    public Window window() {
        Window events = newest(stretches.size());
        return isFull() ? events : new Window(events.events(), events.counters().plus(beforeOldest));
    }

    /** The newest events and the unusable entries since the oldest of them. */
    public Window newest(int count) {
        List<Event> events = new ArrayList<>(count);
        Counters counters = Counters.NONE;
        int older = stretches.size() - count;
        for (Stretch stretch : stretches) {
            if (older-- > 0) {
                continue;
            }
            events.add(stretch.event);
            counters = counters.plus(stretch.after);
        }
        return new Window(events, counters.plus(new Counters(0, 0, 0, events.size())));
    }
}
