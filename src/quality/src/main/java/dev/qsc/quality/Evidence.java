package dev.qsc.quality;

import java.util.Optional;

/**
 * How much has to be seen before it counts.
 *
 * @param minSamples fewest valid predictions of a model, and fewest events of the ensemble
 * @param minVoters fewest models with a valid prediction that make an event count for the ensemble
 * @param canary the model without whose samples nothing is judged; empty when each model stands for itself
 */
record Evidence(int minSamples, int minVoters, Optional<String> canary) {
    boolean suffices(ModelFigures model) {
        return model.valid() >= minSamples;
    }

    boolean suffices(Ensemble ensemble) {
        return ensemble.events() >= minSamples;
    }
}
