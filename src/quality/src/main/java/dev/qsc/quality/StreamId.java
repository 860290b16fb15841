package dev.qsc.quality;

import java.time.Instant;
import java.util.Comparator;

/**
 * The place of an entry in a stream, as Redis writes it: {@code <ms>-<seq>}. Both parts are unsigned 64-bit numbers.
 *
 * @param ms milliseconds since 1970 by the clock of the stream's server
 * @param seq number within the millisecond
 */
public record StreamId(long ms, long seq) implements Comparable<StreamId> {
    /** Before every entry of every stream. */
    public static final StreamId ZERO = new StreamId(0, 0);

    /** After every entry of every stream. */
    public static final StreamId MAX = new StreamId(-1, -1);

    private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private static final Comparator<StreamId> ORDER = Comparator.comparing(StreamId::ms, Long::compareUnsigned)
            .thenComparing(StreamId::seq, Long::compareUnsigned);

    /**
     * Reads {@code <ms>-<seq>} or {@code <ms>}, which means {@code <ms>-0}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static StreamId parse(String text) {
        int dash = text.indexOf('-');
        try {
            return dash < 0
                    ? new StreamId(number(text), 0)
                    : new StreamId(number(text.substring(0, dash)), number(text.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("A stream id reads <ms>-<seq>, not '" + text + "'", e);
        }
    }

    private static long number(String digits) {
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException("Digits only");
        }
        return Long.parseUnsignedLong(digits);
    }

    /**
     * The first id whose {@link #time} is not before this instant: ids count milliseconds, so a fraction of one is
     * rounded up. Instants before 1970 are the beginning.
     */
    public static StreamId firstAt(Instant instant) {
        if (instant.isBefore(Instant.EPOCH)) {
            return ZERO;
        }
        if (instant.isAfter(LAST)) {
            return new StreamId(Long.MAX_VALUE, 0);
        }
        return new StreamId(instant.plusNanos(999_999).toEpochMilli(), 0);
    }

    /** When the entry was added, by the clock of the stream's server; an id from a far future is the last instant. */
    public Instant time() {
        return ms < 0 ? LAST : Instant.ofEpochMilli(ms);
    }

    /** The smallest id above this one; {@link #MAX} stays where it is. */
    public StreamId next() {
        if (equals(MAX)) {
            return MAX;
        }
        return seq == -1 ? new StreamId(ms + 1, 0) : new StreamId(ms, seq + 1);
    }

    /** The largest id below this one; {@link #ZERO} stays where it is. */
    public StreamId previous() {
        if (equals(ZERO)) {
            return ZERO;
        }
        return seq == 0 ? new StreamId(ms - 1, -1) : new StreamId(ms, seq - 1);
    }

    /** Whether this entry was added after the other one. */
    public boolean isAfter(StreamId other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(StreamId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(ms) + "-" + Long.toUnsignedString(seq);
    }
}
