package dev.qsc.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * One model's valid predictions before and after the cutover.
 *
 * @param before figures before; empty when it had none
 * @param after figures since; empty when it has none
 */
public record Comparison(String model, Optional<ModelStats> before, Optional<ModelStats> after) {
    /** Every model of either window, in order of name. */
    public static List<Comparison> of(Window before, Window after) {
        Figures earlier = Figures.of(before, 1, model -> true);
        Figures later = Figures.of(after, 1, model -> true);
        TreeSet<String> models = new TreeSet<>();
        earlier.models().forEach(figures -> models.add(figures.model()));
        later.models().forEach(figures -> models.add(figures.model()));
        List<Comparison> comparisons = new ArrayList<>(models.size());
        for (String model : models) {
            comparisons.add(new Comparison(
                    model,
                    earlier.model(model).flatMap(ModelFigures::stats),
                    later.model(model).flatMap(ModelFigures::stats)));
        }
        return comparisons;
    }

    /**
     * By how much a figure has grown since the cutover; empty when one side has none.
     *
     * @param figure for example {@code ModelStats::std}
     */
    public Optional<Double> change(ToDoubleFunction<ModelStats> figure) {
        return before.flatMap(then -> after.map(now -> figure.applyAsDouble(now) - figure.applyAsDouble(then)));
    }
}
