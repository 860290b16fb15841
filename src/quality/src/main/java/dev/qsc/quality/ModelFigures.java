package dev.qsc.quality;

import java.util.Map;
import java.util.Optional;

/**
 * What a window says about one model.
 *
 * @param model the model's name
 * @param predictions all its predictions, valid or not
 * @param stats figures over the valid ones; empty when there are none
 * @param faults how often each fault occurred, in the order of {@link Fault}; a prediction can have several
 */
public record ModelFigures(String model, int predictions, Optional<ModelStats> stats, Map<Fault, Integer> faults) {
    /** Number of valid predictions. */
    public int valid() {
        return stats.map(ModelStats::n).orElse(0);
    }

    /** Number of predictions with at least one fault. */
    public int invalid() {
        return predictions - valid();
    }
}
