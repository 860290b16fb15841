package dev.qsc.cli;

import dev.qsc.quality.Action;
import dev.qsc.quality.EnsembleStanding;
import dev.qsc.quality.Margin;
import dev.qsc.quality.ModelStanding;
import dev.qsc.quality.Rule;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.Standing;
import dev.qsc.quality.Thresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A scoreboard for a person at a terminal: the overall standing, why, and the figures. */
final class ScoreboardText {
    private ScoreboardText() {}

    static String document(ScoreboardReport report, boolean hasColours) {
        Scoreboard board = report.board();
        StringBuilder text = new StringBuilder();
        text.append(style(board.overall()).of(report.overall(), hasColours) + "  " + report.sentence() + "\n");
        board.violations().forEach(violation -> text.append("  " + JudgeWords.violation(violation) + "\n"));
        if (!board.models().isEmpty()) {
            text.append("\n").append(models(board).text());
            text.append("\nDistance to each threshold, below zero when it is violated:\n");
            text.append(margins(report).text());
        }
        if (!board.comparison().isEmpty()) {
            text.append("\nBefore and after the cutover:\n");
            text.append(JudgeWords.comparison(board.comparison()).text());
        }
        text.append("\nEnsemble: " + board.ensemble().standing().title() + "  ");
        text.append(String.join(", ", ensemble(report)) + "\n");
        text.append("Events: " + JudgeWords.telemetry(board.counters()) + "\n");
        text.append("        " + JudgeWords.span(report.window()) + "\n");
        text.append(
                "Source: " + Printable.text(report.source()) + JudgeWords.scope(report.after(), report.maxEvents()));
        return text.append("\n").toString();
    }

    static Style style(Standing standing) {
        return switch (standing) {
            case GO -> Style.GOOD;
            case WAIT -> Style.UNDECIDED;
            case NO_GO -> Style.BAD;
        };
    }

    static Table models(Scoreboard board) {
        Table table = JudgeWords.models();
        board.models()
                .forEach(model -> table.add(
                        JudgeWords.row(model.figures(), model.standing().title())));
        return table;
    }

    /** The ensemble's figures, each with whether it is in range. */
    static List<String> ensemble(ScoreboardReport report) {
        EnsembleStanding ensemble = report.board().ensemble();
        Set<Rule> broken = ensemble.margins().stream()
                .filter(Margin::isViolated)
                .map(Margin::rule)
                .collect(Collectors.toSet());
        List<String> lines = new ArrayList<>(JudgeWords.ensemble(ensemble.figures(), broken, report.thresholds()));
        lines.add(JudgeWords.voters(ensemble.events(), report.settings()));
        return lines;
    }

    /** How far every model is from breaking each rule on the shape of its predictions. */
    static Table margins(ScoreboardReport report) {
        Thresholds thresholds = report.thresholds();
        String mostOfClass = "<=" + thresholds.maxClassSharePercent() + "%";
        List<String> headings = new ArrayList<>(List.of("model"));
        for (Action action : Action.values()) {
            headings.add(action + mostOfClass);
        }
        headings.add("HOLD<=" + thresholds.maxHoldSharePercent() + "%");
        headings.add("std>=" + thresholds.minStdDev());
        headings.add("P10-P90>=" + thresholds.minRange());
        headings.add("std>=" + thresholds.constantStdDev());
        Table table = new Table(headings.toArray(String[]::new));
        report.board().models().stream()
                .filter(model -> !model.margins().isEmpty())
                .forEach(model -> table.add(margins(model)));
        return table;
    }

    private static List<String> margins(ModelStanding model) {
        List<String> row = new ArrayList<>(List.of(model.model()));
        model.margins().forEach(margin -> row.add(Numbers.distance(margin)));
        return row;
    }
}
