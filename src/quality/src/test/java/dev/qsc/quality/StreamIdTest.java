package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A stream id")
class StreamIdTest {
    @Test
    @DisplayName("reads and writes what Redis does, unsigned")
    void readsAndWrites() {
        assertThat(StreamId.parse("1768023796000-7")).isEqualTo(new StreamId(1_768_023_796_000L, 7));
        assertThat(StreamId.parse("5")).isEqualTo(new StreamId(5, 0));
        assertThat(StreamId.parse(StreamId.MAX.toString())).isEqualTo(StreamId.MAX);
        assertThat(StreamId.MAX.toString()).isEqualTo("18446744073709551615-18446744073709551615");
        for (String text : new String[] {
            "", "-", "1-", "-1", "a", "1-b", "1-2-3", "+1", "1-+2", "١-٢", " 1", "18446744073709551616-0"
        }) {
            assertThatThrownBy(() -> StreamId.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A stream id reads <ms>-<seq>, not '" + text + "'");
        }
    }

    @Test
    @DisplayName("has a neighbour on either side, but not beyond the ends")
    void neighbours() {
        assertThat(new StreamId(1, -1).next()).isEqualTo(new StreamId(2, 0));
        assertThat(new StreamId(2, 0).previous()).isEqualTo(new StreamId(1, -1));
        assertThat(new StreamId(1, 1).next().previous()).isEqualTo(new StreamId(1, 1));
        assertThat(StreamId.MAX.next()).isEqualTo(StreamId.MAX);
        assertThat(StreamId.ZERO.previous()).isEqualTo(StreamId.ZERO);
        assertThat(StreamId.MAX.isAfter(new StreamId(Long.MAX_VALUE, 0))).isTrue();
    }

    @Test
    @DisplayName("is a time")
    void isATime() {
        Instant cutover = Instant.parse("2026-01-10T05:43:15Z");
        assertThat(StreamId.firstAt(cutover)).isEqualTo(new StreamId(cutover.toEpochMilli(), 0));
        assertThat(StreamId.firstAt(cutover).time()).isEqualTo(cutover);
        assertThat(StreamId.firstAt(cutover.plusNanos(1))).isEqualTo(new StreamId(cutover.toEpochMilli() + 1, 0));
        assertThat(StreamId.firstAt(cutover.plusMillis(1))).isEqualTo(new StreamId(cutover.toEpochMilli() + 1, 0));
        assertThat(StreamId.firstAt(Instant.MAX)).isEqualTo(new StreamId(Long.MAX_VALUE, 0));
        assertThat(StreamId.firstAt(Instant.MIN)).isEqualTo(StreamId.ZERO);
        assertThat(StreamId.firstAt(Instant.EPOCH.minusSeconds(1))).isEqualTo(StreamId.ZERO);
        assertThat(StreamId.MAX.time()).isAfter(cutover);
    }
}
