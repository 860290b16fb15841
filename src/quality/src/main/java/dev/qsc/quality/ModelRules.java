package dev.qsc.quality;

import dev.qsc.quality.Margin.Side;
import dev.qsc.quality.Margin.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules that one model's figures must keep, in the order in which they are reported. */
final class ModelRules {
    /** One rule: how far the figures of valid predictions are from breaking it. */
    @FunctionalInterface
    private interface ShapeRule {
        Stream<Margin> margins(String model, ModelStats stats, Thresholds thresholds);
    }

    private static final List<ShapeRule> SHAPE = List.of(
            ModelRules::actionCollapse, // one action takes nearly all
            ModelRules::deadZone, // nothing but HOLD
            ModelRules::flat, // confidences hardly deviate
            ModelRules::narrow, // P10 and P90 are close
            ModelRules::constant); // confidences are one value

    private ModelRules() {}

    /** What is decided on so many samples: invalid predictions at any count, the shape of enough valid ones. */
    static List<Violation> decided(ModelFigures figures, int minSamples, Thresholds thresholds) {
        List<Violation> violations = new ArrayList<>(invalid(figures));
        if (figures.valid() >= minSamples) {
            violations.addAll(shape(figures, thresholds));
        }
        return List.copyOf(violations);
    }

    /** {@link Rule#INVALID_PREDICTIONS}. */
    static List<Violation> invalid(ModelFigures figures) {
        if (figures.invalid() == 0) {
            return List.of();
        }
        String faults = figures.faults().entrySet().stream()
                .map(fault -> fault.getKey() + "=" + fault.getValue())
                .collect(Collectors.joining(", "));
        String figure = "%d of %d: %s".formatted(figures.invalid(), figures.predictions(), faults);
        return List.of(Violation.of(Rule.INVALID_PREDICTIONS, figures.model(), figure, ">0"));
    }

    /** {@link Rule#INSUFFICIENT_SAMPLES}. */
    static List<Violation> insufficient(ModelFigures figures, int minSamples) {
        return figures.valid() >= minSamples
                ? List.of()
                : List.of(Violation.of(
                        Rule.INSUFFICIENT_SAMPLES,
                        figures.model(),
                        "valid_predictions=" + figures.valid(),
                        "<" + minSamples));
    }

    /** Every rule on the shape of the valid predictions that does not hold; none where there are none. */
    static List<Violation> shape(ModelFigures figures, Thresholds thresholds) {
        return margins(figures, thresholds).stream()
                .filter(Margin::isViolated)
                .map(Margin::violation)
                .toList();
    }

    /** How far the valid predictions are from breaking each rule on their shape; empty where there are none. */
    static List<Margin> margins(ModelFigures figures, Thresholds thresholds) {
        return figures.stats().stream()
                .flatMap(stats -> SHAPE.stream().flatMap(rule -> rule.margins(figures.model(), stats, thresholds)))
                .toList();
    }

    private static Stream<Margin> actionCollapse(String model, ModelStats stats, Thresholds thresholds) {
        return Stream.of(Action.values())
                .map(action -> share(
                        Rule.ACTION_COLLAPSE,
                        model,
                        Optional.of(action),
                        stats,
                        action,
                        thresholds.maxClassSharePercent()));
    }

    private static Stream<Margin> deadZone(String model, ModelStats stats, Thresholds thresholds) {
        return Stream.of(
                share(Rule.DEAD_ZONE, model, Optional.empty(), stats, Action.HOLD, thresholds.maxHoldSharePercent()));
    }

    private static Stream<Margin> flat(String model, ModelStats stats, Thresholds thresholds) {
        return Stream.of(Margin.atLeast(Rule.FLAT, model, "conf_std", stats.std(), thresholds.minStdDev()));
    }

    private static Stream<Margin> narrow(String model, ModelStats stats, Thresholds thresholds) {
        return Stream.of(Margin.atLeast(Rule.NARROW, model, "p10_p90", stats.range(), thresholds.minRange()));
    }

    private static Stream<Margin> constant(String model, ModelStats stats, Thresholds thresholds) {
        return Stream.of(
                stats.range() <= Thresholds.TOLERANCE
                        ? Margin.same(Rule.CONSTANT, model, "p10=p90", stats.p10(), stats.p90())
                        : Margin.atLeast(Rule.CONSTANT, model, "conf_std", stats.std(), thresholds.constantStdDev()));
    }

    private static Margin share(
            Rule rule, String model, Optional<Action> named, ModelStats stats, Action action, int most) {
        long hundredfold = (long) most * stats.n() - 100L * stats.count(action);
        return new Margin(
                rule,
                Optional.of(model),
                named,
                action.name(),
                Unit.PERCENT,
                stats.sharePercent(action),
                Side.AT_MOST,
                most,
                (double) hundredfold / stats.n());
    }
}
