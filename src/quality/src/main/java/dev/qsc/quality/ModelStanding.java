package dev.qsc.quality;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One model's line on the scoreboard.
 *
 * @param figures what was seen of it
 * @param standing NO_GO with a violation, WAIT without one and below its samples, else GO
 * @param violations every rule that does not hold; of a model below its samples only invalid predictions count
 * @param margins how far it is from breaking each rule on the shape of predictions, also below its samples; empty
 *     without a valid prediction
 */
public record ModelStanding(ModelFigures figures, Standing standing, List<Violation> violations, List<Margin> margins) {
    static ModelStanding of(ModelFigures figures, int minSamples, Thresholds thresholds) {
        List<Violation> violations = ModelRules.decided(figures, minSamples, thresholds);
        Standing enough = figures.valid() >= minSamples ? Standing.GO : Standing.WAIT;
        return new ModelStanding(
                figures,
                violations.isEmpty() ? enough : Standing.NO_GO,
                violations,
                ModelRules.margins(figures, thresholds));
    }

    /** Name of the model. */
    public String model() {
        return figures.model();
    }

    /**
     * The rule that is nearest to being broken, or broken most: by the distance as a share of the threshold, since
     * percents and deviations have no common measure. Empty without a valid prediction.
     */
    public Optional<Margin> tightest() {
        return margins.stream().min(Comparator.comparingDouble(Margin::relativeDistance));
    }
}
