package dev.qsc.api;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them in a spec: {@code 30s}, {@code 1h30m}, {@code 500ms}. */
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("([0-9]{1,6}(ms|s|m|h))+");
    private static final Pattern TERM = Pattern.compile("([0-9]+)(ms|s|m|h)");

    private Durations() {}

    /**
     * Reads one or more terms of a number and a unit (ms, s, m, h), which add up.
     *
     * @throws IllegalArgumentException when the text is no such duration, in a sentence that shows one
     */
    public static Duration parse(String text) {
        if (text == null || !WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is no duration: write numbers with the units h, m, s or ms, such as 30s, 5m or 1h30m"
                            .formatted(text));
        }
        Duration sum = Duration.ZERO;
        for (Matcher term = TERM.matcher(text); term.find(); ) {
            sum = sum.plus(term(Long.parseLong(term.group(1)), term.group(2)));
        }
        return sum;
    }

    private static Duration term(long number, String unit) {
        return switch (unit) {
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMillis(number);
        };
    }

    /**
     * Writes a duration in the largest units that fit, without the ones that are zero: {@code 1h30m}. Less than a
     * millisecond is cut off.
     *
     * @throws IllegalArgumentException when the duration is negative
     */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration of " + duration + " is below zero and cannot be written");
        }
        String text = part(duration.toHours(), "h")
                + part(duration.toMinutesPart(), "m")
                + part(duration.toSecondsPart(), "s")
                + part(duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text;
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }
}
