package dev.qsc.bench;

import java.util.Locale;

/** How a figure is written. */
public enum Unit {
    /** Events per second. */
    EVENTS_PER_SECOND("%,.0f", "events/s"),
    /** Milliseconds. */
    MILLIS("%,.0f", "ms"),
    /** Milliseconds of something that takes less than a few of them. */
    SHORT_MILLIS("%.3f", "ms"),
    /** Bytes per event. */
    BYTES_PER_EVENT("%,.0f", "B/event"),
    /** Megabytes, of 1,048,576 bytes. */
    MEGABYTES("%,.0f", "MB"),
    /** How many times the yardstick. */
    TIMES("%.2f", "×");

    private final String format;
    private final String symbol;

    Unit(String format, String symbol) {
        this.format = format;
        this.symbol = symbol;
    }

    /** The number alone. */
    String number(double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Number and unit. */
    String text(double value) {
        return number(value) + " " + symbol;
    }
}
