package dev.qsc.quality;

/**
 * How the models of a window vote together. A voter is a model with a valid prediction in the event.
 *
 * @param events events with enough voters
 * @param agreement mean, over these events, of the share of the largest vote: 0 to 1
 * @param hardDisagree share of these events with both BUY and SELL: 0 to 1
 */
public record Ensemble(int events, Ratio agreement, Ratio hardDisagree) {
    /** Mean share of the largest vote in percent. */
    public double agreementPercent() {
        return agreement.percent();
    }

    /** Share of the events with both BUY and SELL in percent. */
    public double hardDisagreePercent() {
        return hardDisagree.percent();
    }
}
