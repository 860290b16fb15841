package dev.qsc.quality;

import java.util.Optional;

/**
 * How far a figure is from breaking its rule. Verdicts come from here: a rule is violated when, and only when, its
 * distance is below zero.
 *
 * @param model the model it is about; empty for a rule about the ensemble
 * @param action the action that is counted; only of {@link Rule#ACTION_COLLAPSE}
 * @param name what the figure is called: {@code HOLD}, {@code conf_std}, {@code agreement}
 * @param unit what value, threshold and distance are measured in
 * @param value the figure
 * @param side on which side of the threshold the figure has to stay
 * @param threshold what the rule compares the figure with
 * @param distance what the figure may still lose or gain: above zero in order, zero on the threshold, which is in order
 *     too, and below zero in violation
 */
public record Margin(
        Rule rule,
        Optional<String> model,
        Optional<Action> action,
        String name,
        Unit unit,
        double value,
        Side side,
        double threshold,
        double distance) {
    /** What a figure is measured in. */
    public enum Unit {
        /** Percent, 0 to 100. */
        PERCENT,
        /** Confidence, 0 to 1. */
        CONFIDENCE
    }

    /** Where a figure has to stay. */
    public enum Side {
        /** On the threshold or below it. */
        AT_MOST,
        /** On the threshold or above it. */
        AT_LEAST,
        /** Anywhere but on the threshold. */
        OFF
    }

    /** A deviation or range that has a lower limit; less than the tolerance below the limit counts as on it. */
    static Margin atLeast(Rule rule, String model, String name, double value, double least) {
        boolean isViolated = value < least - Thresholds.TOLERANCE;
        double distance = isViolated ? value - least : Math.max(0, value - least);
        return new Margin(
                rule,
                Optional.of(model),
                Optional.empty(),
                name,
                Unit.CONFIDENCE,
                value,
                Side.AT_LEAST,
                least,
                distance);
    }

    /** Two figures that are the same within the tolerance, and must not be. */
    static Margin same(Rule rule, String model, String name, double value, double other) {
        return new Margin(
                rule,
                Optional.of(model),
                Optional.empty(),
                name,
                Unit.CONFIDENCE,
                value,
                Side.OFF,
                other,
                -Thresholds.TOLERANCE);
    }

    /** Whether the rule does not hold. */
    public boolean isViolated() {
        return distance < 0;
    }

    /** The distance as a share of the threshold, so that percents and deviations can be ranked together. */
    double relativeDistance() {
        return threshold == 0 ? distance : distance / threshold;
    }

    /** The figure for people: {@code HOLD=78.3%}. */
    public String figure() {
        return name + "="
                + switch (unit) {
                    case PERCENT -> Decimals.beside(threshold, value, 1) + "%";
                    case CONFIDENCE ->
                        side == Side.OFF ? Decimals.rounded(value, 4) : Decimals.beside(threshold, value, 4);
                };
    }

    /** What would be a violation, for people: {@code >70%}. */
    public String limit() {
        String plain = Decimals.plain(threshold) + (unit == Unit.PERCENT ? "%" : "");
        return switch (side) {
            case AT_MOST -> ">" + plain;
            case AT_LEAST -> "<" + plain;
            case OFF -> name;
        };
    }

    Violation violation() {
        return new Violation(rule, model, action, figure(), limit());
    }
}
