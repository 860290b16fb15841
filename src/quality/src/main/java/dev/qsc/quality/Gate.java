package dev.qsc.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Decides whether a canary may be activated: no evidence, no canary. Pure: the same window, the same verdict. */
public final class Gate {
    private Gate() {}

    /**
     * Applies every rule of the gate, and reports all that do not hold.
     *
     * @param window the newest usable events since the cutover, and what lies between them
     */
    public static GateResult judge(Window window, GateSettings settings, Thresholds thresholds) {
        Figures figures = Figures.of(
                window,
                settings.minVoters(),
                model -> settings.models().include(model, settings.canary().orElse("")));
        List<ModelReport> models = figures.models().stream()
                .map(model -> report(model, settings, thresholds))
                .toList();
        return new GateResult(
                figures.counters(),
                models,
                figures.ensemble(),
                streamViolations(figures, settings),
                EnsembleRules.violations(figures.ensemble(), thresholds),
                settings.minSamples());
    }

    private static ModelReport report(ModelFigures model, GateSettings settings, Thresholds thresholds) {
        List<Violation> violations = Stream.of(
                        ModelRules.invalid(model),
                        ModelRules.insufficient(model, settings.minSamples()),
                        ModelRules.shape(model, thresholds))
                .flatMap(List::stream)
                .toList();
        return new ModelReport(model, violations);
    }

    private static List<Violation> streamViolations(Figures figures, GateSettings settings) {
        List<Violation> violations = new ArrayList<>();
        long usable = figures.counters().usable();
        if (usable == 0) {
            violations.add(Violation.of(Rule.NO_MODELS, "usable_events=0", "<1"));
        }
        if (usable < settings.minEvents()) {
            violations.add(
                    Violation.of(Rule.INSUFFICIENT_EVENTS, "usable_events=" + usable, "<" + settings.minEvents()));
        }
        settings.canary()
                .filter(canary -> figures.model(canary).isEmpty())
                .ifPresent(canary -> violations.add(absent(canary, usable)));
        return violations;
    }

    static Violation absent(String canary, long usable) {
        return Violation.of(Rule.CANARY_ABSENT, canary, "in none of %d usable events".formatted(usable), "");
    }
}
