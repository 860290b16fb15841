package dev.qsc.cli;

import dev.qsc.quality.ModelStanding;
import dev.qsc.quality.Scoreboard;

/** A scoreboard as a document to keep. */
final class ScoreboardMarkdown {
    private ScoreboardMarkdown() {}

    static String document(ScoreboardReport report) {
        Scoreboard board = report.board();
        MarkdownDocument document = new MarkdownDocument("Scoreboard");
        document.item("Generated: " + board.at());

        document.section("Telemetry");
        document.item("Source: " + report.source() + JudgeWords.scope(report.after(), report.maxEvents()));
        document.item(JudgeWords.telemetry(board.counters()));
        document.item("From " + JudgeWords.span(report.window()));

        document.section("Overall: " + report.overall());
        document.paragraph(report.sentence());
        board.violations().forEach(violation -> document.item(JudgeWords.violation(violation)));

        document.section("Ensemble: " + board.ensemble().standing().title());
        ScoreboardText.ensemble(report).forEach(document::item);
        board.ensemble().violations().forEach(violation -> document.item("FAIL: " + violation.message()));
        board.ensemble()
                .margins()
                .forEach(margin -> document.item("distance of %s to %s: %s"
                        .formatted(margin.figure(), margin.limit(), Numbers.distance(margin))));

        document.section("Models");
        document.table(ScoreboardText.models(board));
        board.models().forEach(model -> model(document, model));
        document.section("Distance to each threshold");
        document.paragraph("Below zero when it is violated");
        document.table(ScoreboardText.margins(report));
        if (!board.comparison().isEmpty()) {
            document.section("Before and after the cutover");
            document.table(JudgeWords.comparison(board.comparison()));
        }
        return document.toString();
    }

    private static void model(MarkdownDocument document, ModelStanding model) {
        document.subsection(model.model() + ": " + model.standing().title());
        document.item("Sample size: " + model.figures().valid());
        if (model.violations().isEmpty()) {
            document.item("Gate: PASS");
        }
        model.violations().forEach(violation -> document.item("Gate: FAIL, " + violation.message()));
    }
}
