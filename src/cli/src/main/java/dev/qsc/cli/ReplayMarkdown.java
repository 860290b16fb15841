package dev.qsc.cli;

import dev.qsc.quality.ReplaySettings;
import dev.qsc.quality.ReplayStep;
import dev.qsc.quality.Thresholds;

/** A replay as a document to keep. */
final class ReplayMarkdown implements ReplayReport {
    private final ReplaySteps steps;
    private final String source;

    ReplayMarkdown(ReplaySettings settings, Thresholds thresholds, String source) {
        this.steps = new ReplaySteps(settings, thresholds);
        this.source = source;
    }

    @Override
    public void add(ReplayStep step) {
        steps.add(step);
    }

    @Override
    public String rest() {
        MarkdownDocument document = new MarkdownDocument("Replay: " + steps.outcome());
        document.paragraph(steps.sentence());
        document.item("Source: " + source);
        document.section("Steps");
        document.table(steps.table());
        document.section("Closest to each threshold");
        document.paragraph("Below zero when it was violated");
        document.table(steps.closestCalls().table());
        return document.toString();
    }
}
