package dev.qsc.cli;

import dev.qsc.quality.Action;
import dev.qsc.quality.Comparison;
import dev.qsc.quality.EnsembleStanding;
import dev.qsc.quality.ModelStanding;
import dev.qsc.quality.ModelStats;
import dev.qsc.quality.Scoreboard;
import java.util.LinkedHashMap;
import java.util.Map;

/** A scoreboard for programs, as docs/schema/scoreboard.schema.json describes it. */
final class ScoreboardJson {
    private ScoreboardJson() {}

    static String document(ScoreboardReport report) {
        Scoreboard board = report.board();
        return Json.document(Json.object(
                "overall", report.overall(),
                "waits_for", board.waitsFor(),
                "reasons", JudgeJson.reasons(board.violations()),
                "counters", JudgeJson.counters(board.counters()),
                "models", models(board),
                "ensemble", ensemble(board.ensemble()),
                "violations", JudgeJson.violations(board.violations()),
                "comparison", comparison(board),
                "window", JudgeJson.window(report.window()),
                "asked",
                        Json.object(
                                "source", report.source(),
                                "after", report.after(),
                                "canary", report.settings().canary(),
                                "models", Judged.of(report.settings().models()),
                                "max_events", report.maxEvents(),
                                "min_samples", report.settings().minSamples(),
                                "min_voters", report.settings().minVoters(),
                                "thresholds", ThresholdNames.values(report.thresholds())),
                "generated_at", board.at()));
    }

    private static Map<String, Object> models(Scoreboard board) {
        Map<String, Object> models = new LinkedHashMap<>();
        for (ModelStanding model : board.models()) {
            Map<String, Object> standing =
                    Json.object("status", model.standing().title());
            standing.putAll(JudgeJson.model(model.figures(), model.violations()));
            standing.put("margins", JudgeJson.margins(model.margins()));
            models.put(model.model(), standing);
        }
        return models;
    }

    private static Map<String, Object> ensemble(EnsembleStanding ensemble) {
        return Json.object(
                "status", ensemble.standing().title(),
                "figures", JudgeJson.ensemble(ensemble.figures()),
                "violations", JudgeJson.reasons(ensemble.violations()),
                "margins", JudgeJson.margins(ensemble.margins()));
    }

    private static Map<String, Object> comparison(Scoreboard board) {
        Map<String, Object> models = new LinkedHashMap<>();
        for (Comparison model : board.comparison()) {
            models.put(
                    model.model(),
                    Json.object(
                            "before", JudgeJson.stats(model.before()),
                            "after", JudgeJson.stats(model.after()),
                            "change",
                                    Json.object(
                                            "hold_pct", model.change(stats -> stats.sharePercent(Action.HOLD)),
                                            "std", model.change(ModelStats::std),
                                            "range", model.change(ModelStats::range),
                                            "mean", model.change(ModelStats::mean))));
        }
        return models;
    }
}
