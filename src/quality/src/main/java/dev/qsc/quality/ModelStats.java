package dev.qsc.quality;

/**
 * Figures over a model's valid predictions, of which there is at least one.
 *
 * @param n number of valid predictions
 * @param buy how many of them are BUY
 * @param sell how many of them are SELL
 * @param hold how many of them are HOLD
 * @param mean mean confidence
 * @param std population standard deviation of the confidences
 * @param p10 tenth percentile of the confidences, interpolated linearly
 * @param p90 ninetieth percentile of the confidences, interpolated linearly
 * @param normalised how many confidences were logits
 */
public record ModelStats(
        int n, int buy, int sell, int hold, double mean, double std, double p10, double p90, int normalised) {
    /** Distance of P10 and P90. */
    public double range() {
        return p90 - p10;
    }

    /** How many of the predictions are this action. */
    public int count(Action action) {
        return switch (action) {
            case BUY -> buy;
            case SELL -> sell;
            case HOLD -> hold;
        };
    }

    /** Share of this action in percent, 0 to 100. */
    public double sharePercent(Action action) {
        return 100.0 * count(action) / n;
    }
}
