package dev.qsc.bench;

import java.util.OptionalDouble;

/** What a figure ought to be. */
public sealed interface Target {
    /** Nothing: the figure is only told. */
    record None() implements Target {}

    /** The median reaches a limit. */
    record AtLeast(double limit) implements Target {}

    /** The median stays within a limit. */
    record AtMost(double limit) implements Target {}

    /** It takes at most so many times as long as its yardstick. */
    record AtMostTimes(double limit) implements Target {}

    /** The limit as the table shows it. */
    default String text(Unit unit) {
        return switch (this) {
            case None() -> "";
            case AtLeast(double limit) -> "≥ " + unit.text(limit);
            case AtMost(double limit) -> "≤ " + unit.text(limit);
            case AtMostTimes(double limit) -> "≤ " + Unit.TIMES.text(limit);
        };
    }

    /** OK, or on which side of the limit it is. */
    default String mark(double median, OptionalDouble ratio) {
        return switch (this) {
            case None() -> "";
            case AtLeast(double limit) -> median >= limit ? "OK" : "under";
            case AtMost(double limit) -> median <= limit ? "OK" : "over";
            case AtMostTimes(double limit) -> ratio.orElseThrow() <= limit ? "OK" : "over";
        };
    }
}
