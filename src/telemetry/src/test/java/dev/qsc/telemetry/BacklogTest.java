package dev.qsc.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.quality.EventParser;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Unusable;
import dev.qsc.quality.Window;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is kept of a stream")
class BacklogTest {
    private static final int BOUND = 10;

    private final EventParser parser = new EventParser();
    private final Backlog backlog = new Backlog(StreamId.ZERO);

    private static StreamId id(long ms) {
        return new StreamId(ms, 0);
    }

    private void appendUsable(long ms) {
        backlog.append(id(ms), parser.parse(Entries.usable(id(ms))));
        backlog.trim(BOUND);
    }

    private void appendOther(long ms) {
        backlog.append(id(ms), Unusable.OTHER_TYPE);
        backlog.trim(BOUND);
    }

    @Test
    @DisplayName("does not grow with the stream, whatever it holds")
    void doesNotGrow() {
        for (int ms = 1; ms <= 100_000; ms++) {
            appendOther(ms);
            assertThat(backlog.size()).isLessThanOrEqualTo(3 * BOUND + 2);
        }
        for (int ms = 100_001; ms <= 200_000; ms++) {
            if (ms % 3 == 0) {
                appendUsable(ms);
            } else {
                appendOther(ms);
            }
            assertThat(backlog.size()).isLessThanOrEqualTo(3 * BOUND + 2);
        }
        assertThat(backlog.last()).isEqualTo(id(200_000));
    }

    @Test
    @DisplayName("counts every entry that cannot be used, also where they were too many to tell apart")
    void countsAll() {
        appendUsable(1);
        for (int ms = 2; ms < 1_000; ms++) {
            appendOther(ms);
        }
        appendUsable(1_000);

        Window window = backlog.newest(StreamId.ZERO, BOUND).window();

        assertThat(window.counters().otherType()).isEqualTo(998);
        assertThat(window.counters().usable()).isEqualTo(2);
    }

    @Test
    @DisplayName("reaches back to the oldest event kept; what is older was let go of")
    void reachesBack() {
        for (int ms = 1; ms <= 30; ms++) {
            appendUsable(ms);
        }
        assertThat(backlog.covers(id(21), 100)).isTrue();
        assertThat(backlog.covers(id(20), 100)).isFalse();
        assertThat(backlog.covers(id(1), BOUND)).isTrue();
    }
}
