package dev.qsc.cli;

import dev.qsc.quality.Ensemble;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.GateResult.Outcome;
import dev.qsc.quality.ModelReport;
import dev.qsc.quality.Rule;
import dev.qsc.quality.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The gate's answer for a person at a terminal: the verdict, why, and the figures. */
final class GateText {
    private GateText() {}

    static String document(GateReport report, boolean hasColours) {
        GateResult result = report.result();
        StringBuilder text = new StringBuilder();
        text.append(style(report).of(report.verdict().name(), hasColours) + "  " + sentence(report) + "\n");
        why(report).forEach(line -> text.append("  " + line + "\n"));
        if (!result.models().isEmpty()) {
            text.append("\n").append(models(result).text());
        }
        text.append("\nEnsemble: " + String.join(", ", ensemble(report)) + "\n");
        text.append("Events: " + JudgeWords.telemetry(result.counters()) + "\n");
        text.append("        " + JudgeWords.span(report.window()) + "\n");
        text.append(
                "Source: " + Printable.text(report.source()) + JudgeWords.scope(report.after(), report.maxEvents()));
        return text.append("\n").toString();
    }

    private static Style style(GateReport report) {
        return switch (report.verdict()) {
            case PASS -> Style.GOOD;
            case COLLECTED -> Style.UNDECIDED;
            case FAIL -> report.result().outcome() == Outcome.WAITING ? Style.UNDECIDED : Style.BAD;
        };
    }

    /** The answer in a sentence. */
    static String sentence(GateReport report) {
        String events = Numbers.count(report.result().counters().usable(), "usable event");
        return switch (report.verdict()) {
            case PASS -> "every rule holds over " + events;
            case COLLECTED ->
                "every rule holds over %s, the collection is complete; it enables no rollout".formatted(events);
            case FAIL ->
                report.result().outcome() == Outcome.WAITING
                        ? "too little evidence in %s; waiting may cure this".formatted(events)
                        : Numbers.count(report.result().violations().size(), "violation") + " over " + events;
        };
    }

    /** What does not hold, what would not, and what is missing: a line each. */
    static List<String> why(GateReport report) {
        List<String> lines = new ArrayList<>();
        report.result().violations().forEach(violation -> lines.add(JudgeWords.violation(violation)));
        report.result()
                .monitorWouldFail()
                .forEach(violation ->
                        lines.add("The operator would not activate it, since the monitor's first check would"
                                + " fail: " + JudgeWords.violation(violation)));
        if (report.missingEvents() > 0) {
            lines.add("A canary needs %d more usable events".formatted(report.missingEvents()));
        }
        report.missingSamples()
                .forEach((model, count) -> lines.add(
                        "A canary needs %d more valid predictions of %s".formatted(count, Printable.text(model))));
        return lines;
    }

    static Table models(GateResult result) {
        Table table = JudgeWords.models();
        result.models().forEach(model -> table.add(JudgeWords.row(model.figures(), verdict(model))));
        return table;
    }

    static String verdict(ModelReport model) {
        return model.violations().isEmpty() ? "PASS" : "FAIL";
    }

    /** The ensemble's figures, each with whether it is in range. */
    static List<String> ensemble(GateReport report) {
        GateResult result = report.result();
        Set<Rule> broken =
                result.ensembleViolations().stream().map(Violation::rule).collect(Collectors.toSet());
        List<String> lines = new ArrayList<>(JudgeWords.ensemble(result.ensemble(), broken, report.thresholds()));
        lines.add(JudgeWords.voters(result.ensemble().map(Ensemble::events).orElse(0), report.settings()));
        return lines;
    }
}
