package dev.qsc.cli;

import dev.qsc.quality.GateResult;
import java.util.Map;

/** The gate's answer for programs, as docs/schema/gate.schema.json describes it. */
final class GateJson {
    private GateJson() {}

    static String document(GateReport report) {
        GateResult result = report.result();
        return Json.document(Json.object(
                "gate", report.verdict(),
                "outcome", result.outcome(),
                "reasons", JudgeJson.reasons(result.violations()),
                "counters", JudgeJson.counters(result.counters()),
                "models", JudgeJson.models(result.models()),
                "ensemble", JudgeJson.ensemble(result.ensemble()),
                "ensemble_violations", JudgeJson.reasons(result.ensembleViolations()),
                "monitor_would_fail", !result.monitorWouldFail().isEmpty(),
                "violations", JudgeJson.violations(result.violations()),
                "missing_for_canary", missing(report),
                "window", JudgeJson.window(report.window()),
                "asked", asked(report),
                "generated_at", report.at()));
    }

    private static Map<String, Object> missing(GateReport report) {
        return Json.object("events", report.missingEvents(), "samples", report.missingSamples());
    }

    private static Map<String, Object> asked(GateReport report) {
        return Json.object(
                "source", report.source(),
                "mode", report.mode(),
                "after", report.after(),
                "canary", report.settings().canary(),
                "models", Judged.of(report.settings().models()),
                "max_events", report.maxEvents(),
                "min_events", report.settings().minEvents(),
                "min_samples", report.settings().minSamples(),
                "min_voters", report.settings().minVoters(),
                "thresholds", ThresholdNames.values(report.thresholds()));
    }
}
