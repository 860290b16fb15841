package dev.qsc.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rules that one model's figures must keep, in the order in which they are reported. */
final class ModelRules {
    /** One rule: what it has against the figures of valid predictions, which may be nothing. */
    @FunctionalInterface
    private interface ShapeRule {
        List<Violation> violations(String model, ModelStats stats, Thresholds thresholds);
    }

    private static final List<ShapeRule> SHAPE = List.of(
            ModelRules::actionCollapse, // one action takes nearly all
            ModelRules::deadZone, // nothing but HOLD
            ModelRules::flat, // confidences hardly deviate
            ModelRules::narrow, // P10 and P90 are close
            ModelRules::constant); // confidences are one value

    private ModelRules() {}

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

    /** Every rule on the shape of the valid predictions; none holds or fails where there are none. */
    static List<Violation> shape(ModelFigures figures, Thresholds thresholds) {
        List<Violation> violations = new ArrayList<>();
        figures.stats()
                .ifPresent(stats ->
                        SHAPE.forEach(rule -> violations.addAll(rule.violations(figures.model(), stats, thresholds))));
        return violations;
    }

    private static List<Violation> actionCollapse(String model, ModelStats stats, Thresholds thresholds) {
        int most = thresholds.maxClassSharePercent();
        List<Violation> violations = new ArrayList<>();
        for (Action action : Action.values()) {
            if (exceeds(stats.count(action), stats.n(), most)) {
                violations.add(new Violation(
                        Rule.ACTION_COLLAPSE,
                        Optional.of(model),
                        Optional.of(action),
                        share(stats, action, most),
                        ">" + most + "%"));
            }
        }
        return violations;
    }

    private static List<Violation> deadZone(String model, ModelStats stats, Thresholds thresholds) {
        int most = thresholds.maxHoldSharePercent();
        return exceeds(stats.hold(), stats.n(), most)
                ? List.of(Violation.of(Rule.DEAD_ZONE, model, share(stats, Action.HOLD, most), ">" + most + "%"))
                : List.of();
    }

    private static List<Violation> flat(String model, ModelStats stats, Thresholds thresholds) {
        return below(Rule.FLAT, model, "conf_std", stats.std(), thresholds.minStdDev());
    }

    private static List<Violation> narrow(String model, ModelStats stats, Thresholds thresholds) {
        return below(Rule.NARROW, model, "p10_p90", stats.range(), thresholds.minRange());
    }

    private static List<Violation> constant(String model, ModelStats stats, Thresholds thresholds) {
        if (stats.range() <= Thresholds.TOLERANCE) {
            String figure = "p10=p90=" + Decimals.rounded(stats.p10(), 4);
            return List.of(Violation.of(Rule.CONSTANT, model, figure, "p10=p90"));
        }
        return below(Rule.CONSTANT, model, "conf_std", stats.std(), thresholds.constantStdDev());
    }

    private static List<Violation> below(Rule rule, String model, String name, double value, double least) {
        return value < least - Thresholds.TOLERANCE
                ? List.of(Violation.of(
                        rule, model, name + "=" + Decimals.beside(least, value, 4), "<" + Decimals.plain(least)))
                : List.of();
    }

    private static boolean exceeds(long count, long of, int percent) {
        return count * 100 > of * percent;
    }

    private static String share(ModelStats stats, Action action, int most) {
        return action + "=" + Decimals.beside(most, stats.sharePercent(action), 1) + "%";
    }
}
