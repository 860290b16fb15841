package dev.qsc.cli;

import dev.qsc.quality.Action;
import dev.qsc.quality.Counters;
import dev.qsc.quality.Ensemble;
import dev.qsc.quality.Event;
import dev.qsc.quality.Margin;
import dev.qsc.quality.ModelFigures;
import dev.qsc.quality.ModelReport;
import dev.qsc.quality.ModelStats;
import dev.qsc.quality.Violation;
import dev.qsc.quality.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the judge says, as JSON: the same names in every report. */
final class JudgeJson {
    private JudgeJson() {}

    static Map<String, Object> counters(Counters counters) {
        return Json.object(
                "in_window", counters.total(),
                "other_type", counters.otherType(),
                "malformed", counters.malformed(),
                "no_breakdown", counters.noBreakdown(),
                "valid", counters.usable());
    }

    /** The ids of the oldest and the newest usable event. */
    static Map<String, Object> window(Window window) {
        return Json.object(
                "oldest", window.oldest().map(Event::id),
                "newest", window.newest().map(Event::id));
    }

    static Optional<Map<String, Object>> stats(Optional<ModelStats> stats) {
        return stats.map(figures -> Json.object(
                "n", figures.n(),
                "actions", actions(figures),
                "mean", figures.mean(),
                "std", figures.std(),
                "p10", figures.p10(),
                "p90", figures.p90(),
                "range", figures.range(),
                "normalised", figures.normalised()));
    }

    private static Map<String, Object> actions(ModelStats stats) {
        Map<String, Object> actions = new LinkedHashMap<>();
        for (Action action : Action.values()) {
            actions.put(action.name(), stats.count(action));
        }
        return actions;
    }

    /** Every model by its name. */
    static Map<String, Object> models(List<ModelReport> reports) {
        Map<String, Object> models = new LinkedHashMap<>();
        reports.forEach(report -> models.put(report.model(), model(report.figures(), report.violations())));
        return models;
    }

    /** A model's figures and the rules it breaks, without its name: {@code ACTION_COLLAPSE:HOLD}. */
    static Map<String, Object> model(ModelFigures figures, List<Violation> violations) {
        return Json.object(
                "stats", stats(figures.stats()),
                "predictions", figures.predictions(),
                "invalid", figures.faults(),
                "violations", rules(figures.model(), violations));
    }

    private static List<String> rules(String model, List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation.reason().substring(model.length() + 1))
                .toList();
    }

    static Optional<Map<String, Object>> ensemble(Optional<Ensemble> ensemble) {
        return ensemble.map(figures -> Json.object(
                "events", figures.events(),
                "agreement_pct", figures.agreementPercent(),
                "hard_disagree_pct", figures.hardDisagreePercent()));
    }

    static List<String> reasons(List<Violation> violations) {
        return violations.stream().map(Violation::reason).toList();
    }

    static List<Map<String, Object>> violations(List<Violation> violations) {
        return violations.stream()
                .map(violation -> Json.object(
                        "reason", violation.reason(),
                        "rule", violation.rule(),
                        "model", violation.model(),
                        "action", violation.action(),
                        "figure", violation.figure(),
                        "threshold", violation.threshold(),
                        "message", violation.message()))
                .toList();
    }

    static List<Map<String, Object>> margins(List<Margin> margins) {
        return margins.stream()
                .map(margin -> Json.object(
                        "rule", margin.rule(),
                        "action", margin.action(),
                        "value", margin.value(),
                        "threshold", margin.threshold(),
                        "distance", margin.distance()))
                .toList();
    }
}
