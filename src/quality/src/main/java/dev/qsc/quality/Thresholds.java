package dev.qsc.quality;

/**
 * The numbers of the rules. All are strict: a value on the threshold is not a violation. Shares are compared exactly;
 * deviations and ranges with a tolerance of {@link #TOLERANCE}.
 *
 * @param maxClassSharePercent largest share of one action in a model's valid predictions
 * @param maxHoldSharePercent largest share of HOLD in a model's valid predictions
 * @param minStdDev smallest population standard deviation of a model's confidences
 * @param minRange smallest distance of P10 and P90 of a model's confidences
 * @param constantStdDev standard deviation below which a model counts as constant
 * @param minAgreementPercent smallest mean share of the largest vote
 * @param maxAgreementPercent largest mean share of the largest vote
 * @param maxHardDisagreePercent largest share of events with both BUY and SELL
 */
public record Thresholds(
        int maxClassSharePercent,
        int maxHoldSharePercent,
        double minStdDev,
        double minRange,
        double constantStdDev,
        int minAgreementPercent,
        int maxAgreementPercent,
        int maxHardDisagreePercent) {
    /** What rounding may add to a deviation or a range. */
    public static final double TOLERANCE = 1e-9;

    private static final Thresholds DEFAULTS = new Thresholds(70, 85, 0.05, 0.12, 0.01, 55, 80, 20);

    /** @throws IllegalArgumentException when a share is not 0 to 100, or a deviation not a number of at least 0 */
    public Thresholds {
        checkShare("maxClassSharePercent", maxClassSharePercent);
        checkShare("maxHoldSharePercent", maxHoldSharePercent);
        checkDeviation("minStdDev", minStdDev);
        checkDeviation("minRange", minRange);
        checkDeviation("constantStdDev", constantStdDev);
        checkShare("minAgreementPercent", minAgreementPercent);
        checkShare("maxAgreementPercent", maxAgreementPercent);
        checkShare("maxHardDisagreePercent", maxHardDisagreePercent);
    }

    /** 70 %, 85 %, 0.05, 0.12, 0.01, 55 to 80 %, 20 %. */
    public static Thresholds defaults() {
        return DEFAULTS;
    }

    private static void checkShare(String name, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException(name + " is a share of 0 to 100 percent, not " + percent);
        }
    }

    private static void checkDeviation(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " is a number of at least 0, not " + value);
        }
    }
}
