package dev.qsc.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.DoubleUnaryOperator;

/**
 * What repeated measurements of one thing gave.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {

    /**
     * Sums up measurements.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Spread of(Collection<Double> measurements) {
        if (measurements.isEmpty()) {
            throw new IllegalArgumentException("Nothing was measured");
        }
        double[] sorted =
                measurements.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** A single measurement. */
    public static Spread of(double measurement) {
        return new Spread(measurement, measurement, measurement);
    }

    /** The same in another unit; a conversion may turn the order round, as that of a time to a rate does. */
    public Spread map(DoubleUnaryOperator conversion) {
        double[] ends = {conversion.applyAsDouble(min), conversion.applyAsDouble(max)};
        Arrays.sort(ends);
        return new Spread(conversion.applyAsDouble(median), ends[0], ends[1]);
    }
}
