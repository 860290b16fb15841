package dev.qsc.telemetry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The reader of events")
class EventReaderTest {
    /** A stream without end that holds nothing usable. */
    private static final EventSource ENDLESS = new EventSource() {
        @Override
        public Instant time() {
            return Instant.EPOCH;
        }

        @Override
        public Page after(StreamId last, int count, Duration wait) {
            return new Page(List.of(), true);
        }

        @Override
        public Page backward(StreamId newest, StreamId oldest, int count) {
            return new Page(
                    LongStream.range(0, count)
                            .mapToObj(i ->
                                    StreamEntry.of(new StreamId(newest.ms(), newest.seq() - i), "event_type", "other"))
                            .toList(),
                    false);
        }

        @Override
        public String toString() {
            return "an endless stream";
        }
    };

    @Test
    @DisplayName("gives up in time on a stream without usable events")
    void givesUp() {
        assertThatThrownBy(() ->
                        EventReader.readBack(ENDLESS, StreamId.MAX, StreamId.ZERO, 10, Duration.ofMillis(50), _ -> 10))
                .isInstanceOf(TelemetryException.class)
                .hasMessage(
                        "an endless stream has more entries between usable events than can be read in 0.05 seconds");
    }
}
