package dev.qsc.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a window says, before any rule is applied.
 *
 * @param counters entries of the window by what they were
 * @param models the judged models that the window names, in order of appearance
 * @param ensemble how they vote together; empty when no event has enough voters
 */
record Figures(Counters counters, List<ModelFigures> models, Optional<Ensemble> ensemble) {
    /**
     * Counts and computes.
     *
     * @param minVoters fewest models with a valid prediction that make an event count for the ensemble
     * @param isJudged which models figures are wanted of; all of them are voters
     */
    static Figures of(Window window, int minVoters, Predicate<String> isJudged) {
        Map<String, ModelTally> tallies = new LinkedHashMap<>();
        EnsembleTally ensemble = new EnsembleTally(minVoters);
        String[] models = {};
        ModelTally[] inOrder = {};
        for (Event event : window.events()) {
            if (!Arrays.equals(event.models(), models)) {
                models = event.models();
                inOrder = new ModelTally[models.length];
                for (int i = 0; i < models.length; i++) {
                    inOrder[i] = isJudged.test(models[i]) ? tallies.computeIfAbsent(models[i], ModelTally::new) : null;
                }
            }
            for (int i = 0; i < inOrder.length; i++) {
                if (inOrder[i] != null) {
                    inOrder[i].add(event, i);
                }
            }
            ensemble.add(event);
        }
        List<ModelFigures> figures = new ArrayList<>(tallies.size());
        tallies.values().forEach(tally -> figures.add(tally.figures()));
        return new Figures(window.counters(), List.copyOf(figures), ensemble.ensemble());
    }

    /** The figures of one judged model; empty when no event names it. */
    Optional<ModelFigures> model(String name) {
        return models.stream().filter(figures -> figures.model().equals(name)).findFirst();
    }
}
