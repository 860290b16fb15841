package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;

/**
 * What the monitor watches.
 *
 * @param canary the model that is watched
 * @param window how far back events are judged, unless {@code minSamples} reaches back further
 * @param minSamples fewest valid predictions of a model, and fewest events of an ensemble, that are judged
 * @param minVoters fewest models with a valid prediction that make an event count for the ensemble
 * @param models which models are judged
 * @param noDataTimeout how long the stream may bring no usable event
 */
public record MonitorSettings(
        String canary, Duration window, int minSamples, int minVoters, Models models, Duration noDataTimeout) {
    private static final Duration LEAST_NO_DATA_TIMEOUT = Duration.ofMinutes(5);

    /** @throws IllegalArgumentException when a minimum is below 1 or a duration not above zero */
    public MonitorSettings {
        Check.positive("window", window);
        Check.atLeastOne("minSamples", minSamples);
        Check.atLeastOne("minVoters", minVoters);
        Check.positive("noDataTimeout", noDataTimeout);
    }

    /** The last 30 minutes, 200 samples, 3 voters, the canary only. */
    public static MonitorSettings defaults(String canary, Duration noDataTimeout) {
        return new MonitorSettings(canary, Duration.ofMinutes(30), 200, 3, Models.CANARY_ONLY, noDataTimeout);
    }

    /**
     * How long a stream may be silent when nobody said so: 20 times the mean gap between the gate's events, at least 5
     * minutes.
     */
    public static Duration noDataTimeoutAfter(Window gate) {
        int gaps = gate.events().size() - 1;
        if (gaps < 1) {
            return LEAST_NO_DATA_TIMEOUT;
        }
        Instant oldest = gate.events().getFirst().id().time();
        Instant newest = gate.events().getLast().id().time();
        Duration timeout = Duration.between(oldest, newest).multipliedBy(20).dividedBy(gaps);
        return timeout.compareTo(LEAST_NO_DATA_TIMEOUT) > 0 ? timeout : LEAST_NO_DATA_TIMEOUT;
    }
}
