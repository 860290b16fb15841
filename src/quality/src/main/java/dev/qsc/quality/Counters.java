package dev.qsc.quality;

/**
 * How many entries of a stretch of stream were what.
 *
 * @param otherType entries of another event type
 * @param malformed entries of the right type without a payload that parses
 * @param noBreakdown entries whose payload has no model breakdown
 * @param usable usable events
 */
public record Counters(long otherType, long malformed, long noBreakdown, long usable) {
    /** Nothing seen. */
    public static final Counters NONE = new Counters(0, 0, 0, 0);

    /** Every entry looked at. */
    public long total() {
        return otherType + malformed + noBreakdown + usable;
    }

    /** Entries of the right type that could not be used. */
    public long unusable() {
        return malformed + noBreakdown;
    }

    /** These and one entry more. */
    public Counters plus(Unusable entry) {
        return switch (entry) {
            case OTHER_TYPE -> new Counters(otherType + 1, malformed, noBreakdown, usable);
            case MALFORMED -> new Counters(otherType, malformed + 1, noBreakdown, usable);
            case NO_BREAKDOWN -> new Counters(otherType, malformed, noBreakdown + 1, usable);
        };
    }

    /** Both stretches together. */
    public Counters plus(Counters other) {
        if (other.equals(NONE)) {
            return this;
        }
        return new Counters(
                otherType + other.otherType,
                malformed + other.malformed,
                noBreakdown + other.noBreakdown,
                usable + other.usable);
    }
}
