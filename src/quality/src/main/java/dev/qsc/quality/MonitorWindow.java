package dev.qsc.quality;

import java.time.Instant;
import java.util.Iterator;

/**
 * The events that one check judges.
 *
 * <p>They are usable events since activation, back to whichever is older: the beginning of the settings' window by the
 * stream server's clock, or the event that completes the canary's samples. So a busy stream is judged by time, and a
 * slow one by enough evidence. {@link #MAX_EVENTS} is the bound in either case.
 */
public final class MonitorWindow {
    /** The most events that a check judges. */
    public static final int MAX_EVENTS = 2_000;

    private MonitorWindow() {}

    /**
     * Selects the events.
     *
     * @param recent events added after activation
     * @param now the time by the stream server's clock
     */
    public static Window select(RecentEvents recent, MonitorSettings settings, Instant now) {
        Instant start = now.minus(settings.window());
        int selected = 0;
        int samples = 0;
        Iterator<Event> newestFirst = recent.newestFirst();
        while (selected < MAX_EVENTS && newestFirst.hasNext()) {
            Event event = newestFirst.next();
            if (samples >= settings.minSamples() && event.id().time().isBefore(start)) {
                break;
            }
            samples += event.hasValid(settings.canary()) ? 1 : 0;
            selected++;
        }
        return recent.newest(selected);
    }
}
