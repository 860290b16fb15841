package dev.qsc.quality;

import java.util.Optional;

/**
 * What the gate asks for.
 *
 * @param minEvents fewest usable events
 * @param minSamples fewest valid predictions of each judged model; also the fewest events that the ensemble rules need
 * @param minVoters fewest models with a valid prediction that make an event count for the ensemble
 * @param models which models are judged
 * @param canary the model that must be there; empty to judge whatever the window names
 */
public record GateSettings(int minEvents, int minSamples, int minVoters, Models models, Optional<String> canary) {
    /** @throws IllegalArgumentException when a minimum is below 1, or the canary alone is judged but not named */
    public GateSettings {
        Check.atLeastOne("minEvents", minEvents);
        Check.atLeastOne("minSamples", minSamples);
        Check.atLeastOne("minVoters", minVoters);
        if (models == Models.CANARY_ONLY && canary.isEmpty()) {
            throw new IllegalArgumentException("To judge the canary only, its name is needed");
        }
    }

    /** 200 events, 200 samples, 3 voters, every model. */
    public static GateSettings defaults(String canary) {
        return new GateSettings(200, 200, 3, Models.ALL, Optional.of(canary));
    }
}
