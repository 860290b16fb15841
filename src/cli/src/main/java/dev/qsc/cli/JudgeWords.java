package dev.qsc.cli;

import dev.qsc.quality.Action;
import dev.qsc.quality.Comparison;
import dev.qsc.quality.Counters;
import dev.qsc.quality.Ensemble;
import dev.qsc.quality.Event;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.ModelFigures;
import dev.qsc.quality.ModelStats;
import dev.qsc.quality.Rule;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Violation;
import dev.qsc.quality.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What the judge says, in words and tables for people: the same in every report. */
final class JudgeWords {
    private JudgeWords() {}

    /** {@code patchtst: Action collapse: HOLD=78.3% (>70%)}. */
    static String violation(Violation violation) {
        return violation.model().map(model -> Printable.text(model) + ": ").orElse("") + violation.message();
    }

    /** What the window holds. */
    static String telemetry(Counters counters) {
        return "%s in the window: %d usable, %d malformed, %d without model_breakdown, %d of another type"
                .formatted(
                        entries(counters.total()),
                        counters.usable(),
                        counters.malformed(),
                        counters.noBreakdown(),
                        counters.otherType());
    }

    private static String entries(long count) {
        return count == 1 ? "1 entry" : count + " entries";
    }

    /** From when to when its usable events are. */
    static String span(Window window) {
        return window.oldest().map(JudgeWords::time).orElse(Numbers.NONE)
                + " to "
                + window.newest().map(JudgeWords::time).orElse(Numbers.NONE);
    }

    private static String time(Event event) {
        return event.id().time().toString();
    }

    /** The ensemble's figures, each with the range it has to be in and whether it is. */
    static List<String> ensemble(Optional<Ensemble> figures, Set<Rule> broken, Thresholds thresholds) {
        return figures.stream()
                .flatMap(ensemble -> Stream.of(
                        "agreement %s (%s %d-%d%%)"
                                .formatted(
                                        Numbers.percent(ensemble.agreementPercent()),
                                        range(broken, Rule.AGREEMENT_LOW, Rule.AGREEMENT_HIGH),
                                        thresholds.minAgreementPercent(),
                                        thresholds.maxAgreementPercent()),
                        "hard disagreement %s (%s 0-%d%%)"
                                .formatted(
                                        Numbers.percent(ensemble.hardDisagreePercent()),
                                        range(broken, Rule.HARD_DISAGREE),
                                        thresholds.maxHardDisagreePercent())))
                .toList();
    }

    private static String range(Set<Rule> broken, Rule... rules) {
        return Stream.of(rules).anyMatch(broken::contains) ? "out of range" : "in range";
    }

    /** {@code 250 events with at least 3 voters}. */
    static String voters(int events, GateSettings settings) {
        return Numbers.count(events, "event") + " with at least " + Numbers.count(settings.minVoters(), "voter");
    }

    /** What was read of a source, to be written behind its name. */
    static String scope(Optional<Instant> after, int maxEvents) {
        return after.map(cutover -> ", since " + cutover).orElse("") + ", at most "
                + Numbers.count(maxEvents, "usable event");
    }

    /** A table of models, to be filled by {@link #row}. */
    static Table models() {
        return new Table(
                "model", "verdict", "BUY", "SELL", "HOLD", "mean", "std", "P10", "P90", "P10-P90", "valid", "invalid");
    }

    /** A model's line. */
    static List<String> row(ModelFigures model, String verdict) {
        List<String> row = new ArrayList<>(List.of(model.model(), verdict));
        for (Action action : Action.values()) {
            row.add(figure(model.stats(), stats -> stats.sharePercent(action), Numbers::percent));
        }
        row.add(figure(model.stats(), ModelStats::mean, Numbers::decimal));
        row.add(figure(model.stats(), ModelStats::std, Numbers::decimal));
        row.add(figure(model.stats(), ModelStats::p10, Numbers::decimal));
        row.add(figure(model.stats(), ModelStats::p90, Numbers::decimal));
        row.add(figure(model.stats(), ModelStats::range, Numbers::decimal));
        row.add(String.valueOf(model.valid()));
        row.add(String.valueOf(model.invalid()));
        return row;
    }

    /** A figure, if there is one. */
    static String figure(
            Optional<ModelStats> stats, ToDoubleFunction<ModelStats> figure, DoubleFunction<String> format) {
        return stats.map(figures -> format.apply(figure.applyAsDouble(figures))).orElse(Numbers.NONE);
    }

    /** Before and after the cutover, model by model: {@code before -> after (change)}. */
    static Table comparison(List<Comparison> models) {
        Table table = new Table("model", "HOLD", "std", "P10-P90", "mean", "valid");
        for (Comparison model : models) {
            table.add(List.of(
                    model.model(),
                    change(model, stats -> stats.sharePercent(Action.HOLD), Numbers::percent, Numbers::percentChange),
                    change(model, ModelStats::std, Numbers::decimal, Numbers::decimalChange),
                    change(model, ModelStats::range, Numbers::decimal, Numbers::decimalChange),
                    change(model, ModelStats::mean, Numbers::decimal, Numbers::decimalChange),
                    n(model.before()) + " -> " + n(model.after())));
        }
        return table;
    }

    private static String change(
            Comparison model,
            ToDoubleFunction<ModelStats> figure,
            DoubleFunction<String> format,
            DoubleFunction<String> changeFormat) {
        Function<Optional<ModelStats>, String> shown = stats -> figure(stats, figure, format);
        return shown.apply(model.before())
                + " -> "
                + shown.apply(model.after())
                + model.change(figure)
                        .map(change -> " (" + changeFormat.apply(change) + ")")
                        .orElse("");
    }

    private static int n(Optional<ModelStats> stats) {
        return stats.map(ModelStats::n).orElse(0);
    }
}
