package dev.qsc.quality;

import java.util.List;

/**
 * The verdict on one judged model.
 *
 * @param figures what was seen
 * @param violations every rule that does not hold, in the order of the rules
 */
public record ModelReport(ModelFigures figures, List<Violation> violations) {
    /** Name of the model. */
    public String model() {
        return figures.model();
    }
}
