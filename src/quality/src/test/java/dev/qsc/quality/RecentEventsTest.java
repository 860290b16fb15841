package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

@Label("Recent events")
class RecentEventsTest {
    /** What is kept of a stream: its newest events, and what lies between and, if nothing is dropped, before them. */
    private static Window expected(List<Reading> stream, int bound) {
        List<Event> events = new ArrayList<>();
        Counters counters = Counters.NONE;
        for (Reading reading : stream.reversed()) {
            if (events.size() == bound) {
                break;
            }
            switch (reading) {
                case Event event -> events.addFirst(event);
                case Unusable unusable -> counters = counters.plus(unusable);
            }
        }
        return new Window(events, counters.plus(new Counters(0, 0, 0, events.size())));
    }

    @Property
    @Label("are the same, read forward or backward")
    void sameInAnyDirection(@ForAll("streams") List<Reading> stream, @ForAll @IntRange(min = 1, max = 12) int bound) {
        Window expected = expected(stream, bound);

        RecentEvents forward = new RecentEvents(bound);
        stream.forEach(forward::append);
        assertThat(forward.window()).isEqualTo(expected);

        assertThat(backward(stream, bound).window()).isEqualTo(expected);
    }

    private static RecentEvents backward(List<Reading> stream, int bound) {
        RecentEvents events = new RecentEvents(bound);
        for (Reading reading : stream.reversed()) {
            if (!events.isFull()) {
                events.prepend(reading);
            }
        }
        return events;
    }

    @Provide
    Arbitrary<List<Reading>> streams() {
        Arbitrary<Reading> event = Arbitraries.longs()
                .map(id -> new Event(new StreamId(id, 0), new String[] {"m"}, new byte[1], new double[1]));
        Arbitrary<Reading> unusable = Arbitraries.of(Unusable.class).map(reading -> reading);
        return Arbitraries.frequencyOf(Tuple.of(2, event), Tuple.of(1, unusable))
                .list()
                .ofMaxSize(60);
    }
}
