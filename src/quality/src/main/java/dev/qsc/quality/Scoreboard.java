package dev.qsc.quality;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where every model stands. The overall standing is the monitor's verdict on the same window, so that the two cannot
 * contradict each other: GO is a check that passes, WAIT one that is not judged, NO_GO one that fails.
 *
 * <p>With a canary it is the canary that needs its samples: while it lacks them everything waits, whatever the lines of
 * other models say, and another model that lacks them holds nothing up. Without a canary every model needs its samples.
 *
 * @param at when it was made
 * @param overall the standing of all together; of GO people write {@code ALL-GO}
 * @param waitsFor what is missing, a sentence; only of WAIT
 * @param violations every rule that does not hold; only of NO_GO
 * @param counters entries of the window by what they were
 * @param ensemble how the models vote together
 * @param models a line for each judged model, in order of name
 * @param comparison every model before and after the cutover, in order of name; empty without events before it
 */
public record Scoreboard(
        Instant at,
        Standing overall,
        Optional<String> waitsFor,
        List<Violation> violations,
        Counters counters,
        EnsembleStanding ensemble,
        List<ModelStanding> models,
        List<Comparison> comparison) {
    /**
     * Of a window. Whether the stream has fallen silent is left to who watches it.
     *
     * @param window the newest events since the cutover
     * @param before events before the cutover; empty to compare with nothing
     * @param settings {@code minEvents} does not matter here
     */
    public static Scoreboard of(
            Window window, Optional<Window> before, GateSettings settings, Thresholds thresholds, Instant at) {
        Figures figures = Figures.of(
                window,
                settings.minVoters(),
                model -> settings.models().include(model, settings.canary().orElse("")));
        Evidence evidence = new Evidence(settings.minSamples(), settings.minVoters(), settings.canary());
        CheckResult result = Monitor.judge(figures, evidence, thresholds, List.of());
        return of(
                result,
                before.map(earlier -> Comparison.of(earlier, window)).orElse(List.of()),
                settings.minSamples(),
                thresholds,
                at);
    }

    /**
     * Of a check that the monitor made.
     *
     * @param minSamples the minimum that the check was made with
     */
    public static Scoreboard of(CheckResult result, int minSamples, Thresholds thresholds, Instant at) {
        return of(result, List.of(), minSamples, thresholds, at);
    }

    private static Scoreboard of(
            CheckResult result, List<Comparison> comparison, int minSamples, Thresholds thresholds, Instant at) {
        CheckReport report = result.report();
        return new Scoreboard(
                at,
                overall(result),
                waitsFor(result),
                result instanceof CheckResult.Fail fail ? fail.violations() : List.of(),
                report.counters(),
                EnsembleStanding.of(report.ensemble(), minSamples, thresholds),
                report.models().stream()
                        .map(model -> ModelStanding.of(model.figures(), minSamples, thresholds))
                        .sorted(Comparator.comparing(ModelStanding::model))
                        .toList(),
                comparison);
    }

    private static Standing overall(CheckResult result) {
        return switch (result) {
            case CheckResult.Pass pass -> Standing.GO;
            case CheckResult.NotJudged notJudged -> Standing.WAIT;
            case CheckResult.JudgeError error -> Standing.WAIT;
            case CheckResult.Fail fail -> Standing.NO_GO;
        };
    }

    private static Optional<String> waitsFor(CheckResult result) {
        return switch (result) {
            case CheckResult.NotJudged notJudged -> Optional.of(notJudged.why());
            case CheckResult.JudgeError error -> Optional.of(error.cause());
            case CheckResult.Pass pass -> Optional.empty();
            case CheckResult.Fail fail -> Optional.empty();
        };
    }
}
