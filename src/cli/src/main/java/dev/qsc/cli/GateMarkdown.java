package dev.qsc.cli;

import dev.qsc.quality.Fault;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.ModelReport;
import dev.qsc.quality.ModelStats;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The gate's answer as a document to keep. */
final class GateMarkdown {
    private GateMarkdown() {}

    static String document(GateReport report) {
        GateResult result = report.result();
        MarkdownDocument document = new MarkdownDocument("Quality gate: " + report.verdict());
        document.paragraph(GateText.sentence(report));
        GateText.why(report).forEach(document::item);

        document.section("Asked");
        document.item("Mode: " + report.mode());
        document.item("Cutover: " + report.after().map(Object::toString).orElse("none"));
        document.item("Canary: " + report.settings().canary().orElse("none named"));
        document.item("Judged: " + Judged.of(report.settings().models()));
        document.item("Generated: " + report.at());

        document.section("Telemetry");
        document.item("Source: " + report.source() + JudgeWords.scope(report.after(), report.maxEvents()));
        document.item(JudgeWords.telemetry(result.counters()));
        document.item("From " + JudgeWords.span(report.window()));

        document.section("Audit of predictions");
        audit(document, result.models());
        if (!report.comparison().isEmpty()) {
            document.section("Before and after the cutover");
            document.table(JudgeWords.comparison(report.comparison()));
        }
        document.section("Ensemble");
        GateText.ensemble(report).forEach(document::item);
        result.ensembleViolations().forEach(violation -> document.item("FAIL: " + violation.message()));

        document.section("Models");
        document.table(GateText.models(result));
        result.models().forEach(model -> model(document, model));
        return document.toString();
    }

    private static void audit(MarkdownDocument document, List<ModelReport> models) {
        int normalised = 0;
        Map<Fault, Integer> refused = new EnumMap<>(Fault.class);
        for (ModelReport model : models) {
            normalised += model.figures().stats().map(ModelStats::normalised).orElse(0);
            model.figures().faults().forEach((fault, count) -> refused.merge(fault, count, Integer::sum));
        }
        document.item("Confidences above 1, taken for logits and normalised: " + normalised);
        if (refused.isEmpty()) {
            document.item("Refused: 0");
        }
        refused.forEach((fault, count) -> document.item("Refused, " + fault + ": " + count));
    }

    private static void model(MarkdownDocument document, ModelReport model) {
        document.subsection(model.model() + ": " + GateText.verdict(model));
        model.violations().forEach(violation -> document.item(violation.message()));
        if (model.violations().isEmpty()) {
            document.item("Every rule holds");
        }
    }
}
