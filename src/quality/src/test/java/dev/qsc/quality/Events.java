package dev.qsc.quality;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Events for tests, made the way an engine makes them: as JSON. */
final class Events {
    private static final EventParser PARSER = new EventParser();
    private static final String[] ACTIONS = {"BUY", "SELL", "HOLD"};

    private Events() {}

    /** A prediction: {@code vote("a", "BUY", "0.5")}. */
    static String vote(String model, String action, String confidence) {
        return "\"%s\":{\"action\":\"%s\",\"confidence\":%s}".formatted(model, action, confidence);
    }

    /** An event at this time with these predictions. */
    static Event at(Instant time, String... votes) {
        return (Event) PARSER.parse(entryAt(time, votes));
    }

    /** The stream entry of an event at this time with these predictions. */
    static StreamEntry entryAt(Instant time, String... votes) {
        String payload = "{\"model_breakdown\":{" + String.join(",", votes) + "}}";
        return StreamEntry.of(StreamId.firstAt(time), "event_type", "trade.intent", "payload", payload);
    }

    /** The i-th healthy prediction of a model: all actions in turn, confidences spread over 0.3 to 0.9. */
    static String healthy(String model, int i) {
        return vote(model, ACTIONS[i % 3], String.format(Locale.ROOT, "%.4f", 0.3 + i * 37 % 101 * 0.006));
    }

    /** Events a second apart from this time on, in which each model is healthy. */
    static List<Event> healthy(Instant first, int count, String... models) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] votes = new String[models.length];
            for (int m = 0; m < models.length; m++) {
                votes[m] = healthy(models[m], i);
            }
            events.add(at(first.plusSeconds(i), votes));
        }
        return events;
    }

    static Window window(List<Event> events) {
        return new Window(events, new Counters(0, 0, 0, events.size()));
    }

    static RecentEvents recent(List<Event> events) {
        RecentEvents recent = new RecentEvents(MonitorWindow.MAX_EVENTS);
        events.forEach(recent::append);
        return recent;
    }
}
