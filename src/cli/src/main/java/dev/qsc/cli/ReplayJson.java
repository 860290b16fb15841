package dev.qsc.cli;

import dev.qsc.api.Durations;
import dev.qsc.quality.CheckReport;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.ReplaySettings;
import dev.qsc.quality.ReplayStep;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Violation;
import java.util.List;
import java.util.Map;

/**
 * A replay for programs, as docs/schema/replay.schema.json describes it. Steps are printed as they come, a line each,
 * so that a long replay takes no memory.
 */
final class ReplayJson implements ReplayReport {
    private final Shell shell;
    private final ClosestCalls closestCalls;
    private String separator = "\n";
    private ReplayStep.End end;

    ReplayJson(ReplaySettings settings, Thresholds thresholds, String source, Shell shell) {
        this.shell = shell;
        this.closestCalls = new ClosestCalls(settings.gate().minSamples(), thresholds);
        shell.print("{\"asked\": " + Json.line(asked(settings, thresholds, source)) + ",\n\"steps\": [");
    }

    private static Map<String, Object> asked(ReplaySettings settings, Thresholds thresholds, String source) {
        return Json.object(
                "source", source,
                "canary", settings.gate().canary(),
                "after", settings.cutover(),
                "activated_at", settings.activatedAt(),
                "interval", Durations.format(settings.interval()),
                "duration", Durations.format(settings.duration()),
                "warmup", Durations.format(settings.warmup()),
                "thresholds", ThresholdNames.values(thresholds));
    }

    @Override
    public void add(ReplayStep step) {
        switch (step) {
            case ReplayStep.GateAsked gate -> print(gate(gate));
            case ReplayStep.Activated activated ->
                print(Json.object(
                        "step", "activated",
                        "at", activated.at(),
                        "no_data_timeout", Durations.format(activated.noDataTimeout())));
            case ReplayStep.Checked check -> {
                closestCalls.add(check);
                print(check(check));
            }
            case ReplayStep.End last -> end = last;
        }
    }

    private void print(Map<String, Object> step) {
        shell.print(separator + Json.line(step));
        separator = ",\n";
    }

    private static Map<String, Object> gate(ReplayStep.GateAsked gate) {
        GateResult result = gate.result();
        return Json.object(
                "step", "gate",
                "at", gate.at(),
                "outcome", result.outcome(),
                "reasons", JudgeJson.reasons(result.violations()),
                "counters", JudgeJson.counters(result.counters()));
    }

    private static Map<String, Object> check(ReplayStep.Checked check) {
        CheckReport report = check.result().report();
        List<Violation> violations = check.result() instanceof CheckResult.Fail fail ? fail.violations() : List.of();
        return Json.object(
                "step", "check",
                "at", check.at(),
                "slot", check.slot(),
                "result", ReplaySteps.standing(check.result()).title(),
                "why", ReplaySteps.why(check.result()),
                "reasons", JudgeJson.reasons(violations),
                "slots",
                        Json.object(
                                "judged", check.slots().judged(),
                                "unjudged", check.slots().unjudged(),
                                "required", check.slots().plan().required()),
                "counters", JudgeJson.counters(report.counters()),
                "models", JudgeJson.models(report.models()),
                "ensemble", JudgeJson.ensemble(report.ensemble()));
    }

    @Override
    public String rest() {
        return "],\n\"closest\": " + Json.line(closest()) + ",\n\"end\": "
                + Json.line(Json.object(
                        "at", end.at(),
                        "outcome", end.outcome(),
                        "reasons", JudgeJson.reasons(end.violations()),
                        "violations", JudgeJson.violations(end.violations()),
                        "why", end.why()))
                + "}\n";
    }

    private List<Map<String, Object>> closest() {
        return closestCalls.list().stream()
                .map(call -> Json.object(
                        "rule", call.rule(),
                        "value", call.margin().value(),
                        "threshold", call.margin().threshold(),
                        "distance", call.margin().distance(),
                        "at", call.at()))
                .toList();
    }
}
