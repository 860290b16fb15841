package dev.qsc.quality;

import java.util.List;
import java.util.Optional;

/**
 * The ensemble's line on the scoreboard.
 *
 * @param figures how the models vote together; empty when no event has enough voters
 * @param standing WAIT below the events that it takes to judge, else NO_GO with a violation, else GO; a WAIT here makes
 *     nothing else wait
 * @param violations every rule that does not hold; empty while it waits
 * @param margins how far each figure is from breaking its rule, also while it waits
 */
public record EnsembleStanding(
        Optional<Ensemble> figures, Standing standing, List<Violation> violations, List<Margin> margins) {
    static EnsembleStanding of(Optional<Ensemble> figures, int minSamples, Thresholds thresholds) {
        List<Margin> margins = EnsembleRules.margins(figures, thresholds);
        boolean isEnough =
                figures.filter(ensemble -> ensemble.events() >= minSamples).isPresent();
        List<Violation> violations = isEnough ? EnsembleRules.violations(figures, thresholds) : List.of();
        Standing judged = violations.isEmpty() ? Standing.GO : Standing.NO_GO;
        return new EnsembleStanding(figures, isEnough ? judged : Standing.WAIT, violations, margins);
    }

    /** Number of events with enough voters. */
    public int events() {
        return figures.map(Ensemble::events).orElse(0);
    }
}
