package dev.qsc.cli;

import dev.qsc.quality.ReplaySettings;
import dev.qsc.quality.ReplayStep;
import dev.qsc.quality.Thresholds;

/**
 * A replay for a person at a terminal: what would have happened, every step, and how near it came to each threshold.
 */
final class ReplayText implements ReplayReport {
    private final ReplaySteps steps;
    private final String source;
    private final boolean hasColours;

    ReplayText(ReplaySettings settings, Thresholds thresholds, String source, boolean hasColours) {
        this.steps = new ReplaySteps(settings, thresholds);
        this.source = source;
        this.hasColours = hasColours;
    }

    @Override
    public void add(ReplayStep step) {
        steps.add(step);
    }

    @Override
    public String rest() {
        Style style =
                switch (steps.end().outcome()) {
                    case COMPLETED -> Style.GOOD;
                    case RECORDING_ENDED -> Style.UNDECIDED;
                    case ROLLED_BACK, INCONCLUSIVE, GATE_BLOCKED, MONITOR_WOULD_FAIL, GATE_TIMED_OUT -> Style.BAD;
                };
        StringBuilder text = new StringBuilder();
        text.append(style.of(steps.outcome(), hasColours) + "  " + steps.sentence() + "\n\n");
        text.append(steps.table().text());
        if (!steps.closestCalls().list().isEmpty()) {
            text.append("\nClosest to each threshold, below zero when it was violated:\n");
            text.append(steps.closestCalls().table().text());
        }
        return text.append("\nSource: " + Printable.text(source) + "\n").toString();
    }
}
