package dev.qsc.quality;

import java.util.List;
import java.util.Optional;

/**
 * A stretch of stream to be judged.
 *
 * @param events its usable events, oldest first
 * @param counters all its entries, usable or not
 */
public record Window(List<Event> events, Counters counters) {
    /** A stretch without entries. */
    public static final Window EMPTY = new Window(List.of(), Counters.NONE);

    /** Copies the list. */
    public Window {
        events = List.copyOf(events);
    }

    /** The newest usable event. */
    public Optional<Event> newest() {
        return events.isEmpty() ? Optional.empty() : Optional.of(events.getLast());
    }

    /** The oldest usable event. */
    public Optional<Event> oldest() {
        return events.isEmpty() ? Optional.empty() : Optional.of(events.getFirst());
    }
}
