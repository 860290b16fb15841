package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        Evidence evidence = new Evidence(settings.minSamples(), settings.minVoters(), Optional.of(settings.canary()));
        return judge(figures, evidence, thresholds, silence(window, settings, now, t0));
    }

    /**
     * Applies every rule to these figures. Without a canary each model stands for itself, and all need their samples.
     *
     * @param silence what is wrong with events that did not come
     */
    static CheckResult judge(Figures figures, Evidence evidence, Thresholds thresholds, List<Violation> silence) {
        boolean isJudged = isJudged(figures, evidence);
        List<ModelReport> models = figures.models().stream()
                .map(model -> report(model, isJudged, evidence, thresholds))
                .toList();
        List<Violation> violations = new ArrayList<>();
        models.forEach(model -> violations.addAll(model.violations()));
        violations.addAll(absence(figures, evidence));
        violations.addAll(silence);
        if (isJudged) {
            violations.addAll(ensemble(figures, evidence, thresholds));
            violations.addAll(malformed(figures.counters()));
        }

        CheckReport report =
                new CheckReport(figures.counters(), models, figures.ensemble(), skipped(figures, evidence));
        if (!violations.isEmpty()) {
            return new CheckResult.Fail(List.copyOf(violations), report);
        }
        return missing(figures, evidence)
                .<CheckResult>map(why -> new CheckResult.NotJudged(why, report))
                .orElseGet(() -> new CheckResult.Pass(report));
    }

    private static ModelReport report(ModelFigures model, boolean isJudged, Evidence evidence, Thresholds thresholds) {
        return new ModelReport(
                model,
                isJudged ? ModelRules.decided(model, evidence.minSamples(), thresholds) : ModelRules.invalid(model));
    }

    private static boolean isJudged(Figures figures, Evidence evidence) {
        return figures.models().stream()
                .filter(model -> evidence.canary().isEmpty()
                        || model.model().equals(evidence.canary().get()))
                .anyMatch(evidence::suffices);
    }

    private static List<Violation> absence(Figures figures, Evidence evidence) {
        long usable = figures.counters().usable();
        return evidence.canary()
                .filter(canary ->
                        usable >= evidence.minSamples() && figures.model(canary).isEmpty())
                .map(canary -> List.of(Gate.absent(canary, usable)))
                .orElse(List.of());
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

    private static List<Violation> ensemble(Figures figures, Evidence evidence, Thresholds thresholds) {
        return EnsembleRules.violations(figures.ensemble().filter(evidence::suffices), thresholds);
    }

    private static List<Violation> malformed(Counters counters) {
        return counters.unusable() <= counters.usable()
                ? List.of()
                : List.of(Violation.of(
                        Rule.MALFORMED_EVENTS,
                        "unusable_entries=" + counters.unusable(),
                        ">" + counters.usable() + " usable"));
    }

    /** What a verdict still waits for. */
    private static Optional<String> missing(Figures figures, Evidence evidence) {
        if (evidence.canary().isPresent()) {
            String canary = evidence.canary().get();
            int valid = figures.model(canary).map(ModelFigures::valid).orElse(0);
            return valid >= evidence.minSamples() ? Optional.empty() : Optional.of(tooFew(canary, valid, evidence));
        }
        if (figures.models().isEmpty()) {
            return Optional.of("There is no usable event");
        }
        List<String> tooFew = tooFew(figures, evidence);
        return tooFew.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", tooFew));
    }

    private static List<String> skipped(Figures figures, Evidence evidence) {
        List<String> skipped = new ArrayList<>(tooFew(figures, evidence));
        if (figures.ensemble().filter(evidence::suffices).isEmpty()) {
            skipped.add("The ensemble has %d of %d events with at least %d voters"
                    .formatted(
                            figures.ensemble().map(Ensemble::events).orElse(0),
                            evidence.minSamples(),
                            evidence.minVoters()));
        }
        return List.copyOf(skipped);
    }

    private static List<String> tooFew(Figures figures, Evidence evidence) {
        return figures.models().stream()
                .filter(model -> !evidence.suffices(model))
                .map(model -> tooFew(model.model(), model.valid(), evidence))
                .toList();
    }

    private static String tooFew(String model, int valid, Evidence evidence) {
        return "%s has %d of %d valid predictions".formatted(model, valid, evidence.minSamples());
    }
}
