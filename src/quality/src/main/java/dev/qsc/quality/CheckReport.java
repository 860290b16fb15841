package dev.qsc.quality;

import java.util.List;
import java.util.Optional;

/**
 * What a check rests on.
 *
 * @param counters entries of the window by what they were
 * @param models the judged models, in order of appearance
 * @param ensemble how all models vote together; empty when no event has enough voters
 * @param skipped rules that were not applied for lack of evidence, a sentence each
 */
public record CheckReport(
        Counters counters, List<ModelReport> models, Optional<Ensemble> ensemble, List<String> skipped) {
    /** Of a check that saw nothing. */
    static final CheckReport NOTHING = new CheckReport(Counters.NONE, List.of(), Optional.empty(), List.of());
}
