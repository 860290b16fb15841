package dev.qsc.cli;

import dev.qsc.quality.Margin;
import java.util.Locale;

/** Figures for people. */
final class Numbers {
    /** What stands where there is no figure. */
    static final String NONE = "-";

    private Numbers() {}

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f%%", value);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    static String percentChange(double value) {
        return String.format(Locale.ROOT, "%+.1f", value);
    }

    static String decimalChange(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }

    /** How far a figure is from its threshold, in its own unit. */
    static String distance(Margin margin) {
        return switch (margin.unit()) {
            case PERCENT -> percentChange(margin.distance());
            case CONFIDENCE -> decimalChange(margin.distance());
        };
    }

    /** {@code 1 event}, {@code 2 events}. */
    static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
