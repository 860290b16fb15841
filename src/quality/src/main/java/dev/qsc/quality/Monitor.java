package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches an active canary. Pure: the same window at the same time, the same result. A check goes in this order:
 *
 * <ol>
 *   <li>Rules that hold on any evidence: invalid predictions, an absent canary, lost telemetry. They fail the check.
 *   <li>A canary below its samples is not judged further.
 *   <li>Rules on the shape of predictions, of every judged model that has its samples.
 *   <li>Rules on the ensemble, if enough events have enough voters.
 *   <li>The share of unusable entries.
 * </ol>
 */
public final class Monitor {
    private Monitor() {}

    /**
     * Makes one check.
     *
     * @param window what {@link MonitorWindow} selected
     * @param now the time by the stream server's clock
     * @param t0 when the canary became active, by the same clock
     */
    public static CheckResult check(
            Window window, MonitorSettings settings, Thresholds thresholds, Instant now, Instant t0) {
        Figures figures = Figures.of(
                window, settings.minVoters(), model -> settings.models().include(model, settings.canary()));
        int canarySamples =
                figures.model(settings.canary()).map(ModelFigures::valid).orElse(0);
        boolean isJudged = canarySamples >= settings.minSamples();

        List<ModelReport> models = figures.models().stream()
                .map(model -> report(model, isJudged, settings, thresholds))
                .toList();
        List<Violation> violations = new ArrayList<>();
        models.forEach(model -> violations.addAll(model.violations()));
        violations.addAll(absence(figures, settings));
        violations.addAll(silence(window, settings, now, t0));
        if (isJudged) {
            violations.addAll(ensemble(figures, settings, thresholds));
            violations.addAll(malformed(figures.counters()));
        }

        CheckReport report =
                new CheckReport(figures.counters(), models, figures.ensemble(), skipped(figures, settings));
        if (!violations.isEmpty()) {
            return new CheckResult.Fail(List.copyOf(violations), report);
        }
        return isJudged
                ? new CheckResult.Pass(report)
                : new CheckResult.NotJudged(tooFew(settings.canary(), canarySamples, settings), report);
    }

    private static ModelReport report(
            ModelFigures model, boolean isJudged, MonitorSettings settings, Thresholds thresholds) {
        List<Violation> violations = new ArrayList<>(ModelRules.invalid(model));
        if (isJudged && model.valid() >= settings.minSamples()) {
            violations.addAll(ModelRules.shape(model, thresholds));
        }
        return new ModelReport(model, List.copyOf(violations));
    }

    private static List<Violation> absence(Figures figures, MonitorSettings settings) {
        long usable = figures.counters().usable();
        return usable >= settings.minSamples()
                        && figures.model(settings.canary()).isEmpty()
                ? List.of(Gate.absent(settings.canary(), usable))
                : List.of();
    }

    private static List<Violation> silence(Window window, MonitorSettings settings, Instant now, Instant t0) {
        Instant heard = window.newest()
                .map(event -> event.id().time())
                .filter(time -> time.isAfter(t0))
                .orElse(t0);
        Duration silence = Duration.between(heard, now);
        if (silence.compareTo(settings.noDataTimeout()) <= 0) {
            return List.of();
        }
        String figure = "no usable event for " + seconds(silence);
        return List.of(Violation.of(Rule.TELEMETRY_LOST, figure, ">" + seconds(settings.noDataTimeout())));
    }

    private static String seconds(Duration duration) {
        return Decimals.plain(duration.toMillis() / 1000.0) + "s";
    }

    private static List<Violation> ensemble(Figures figures, MonitorSettings settings, Thresholds thresholds) {
        return ensembleEvents(figures) < settings.minSamples()
                ? List.of()
                : EnsembleRules.violations(figures.ensemble(), thresholds);
    }

    private static int ensembleEvents(Figures figures) {
        return figures.ensemble().map(Ensemble::events).orElse(0);
    }

    private static List<Violation> malformed(Counters counters) {
        return counters.unusable() <= counters.usable()
                ? List.of()
                : List.of(Violation.of(
                        Rule.MALFORMED_EVENTS,
                        "unusable_entries=" + counters.unusable(),
                        ">" + counters.usable() + " usable"));
    }

    private static List<String> skipped(Figures figures, MonitorSettings settings) {
        List<String> skipped = new ArrayList<>();
        for (ModelFigures model : figures.models()) {
            if (model.valid() < settings.minSamples()) {
                skipped.add(tooFew(model.model(), model.valid(), settings));
            }
        }
        if (ensembleEvents(figures) < settings.minSamples()) {
            skipped.add("The ensemble has %d of %d events with at least %d voters"
                    .formatted(ensembleEvents(figures), settings.minSamples(), settings.minVoters()));
        }
        return List.copyOf(skipped);
    }

    private static String tooFew(String model, int valid, MonitorSettings settings) {
        return "%s has %d of %d valid predictions".formatted(model, valid, settings.minSamples());
    }
}
