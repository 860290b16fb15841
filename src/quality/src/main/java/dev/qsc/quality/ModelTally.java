package dev.qsc.quality;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Counts one model's predictions. */
final class ModelTally {
    private final String model;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private double[] confidences = new double[256];
    private int valid;
    private int invalid;
    private int buy;
    private int sell;
    private int hold;
    private int normalised;

    ModelTally(String model) {
        this.model = model;
    }

    void add(Event event, int i) {
        if (!event.isValid(i)) {
            invalid++;
            event.faults(i).forEach(fault -> faults.merge(fault, 1, Integer::sum));
            return;
        }
        if (valid == confidences.length) {
            confidences = Arrays.copyOf(confidences, 2 * valid);
        }
        confidences[valid++] = event.confidence(i);
        switch (event.action(i)) {
            case BUY -> buy++;
            case SELL -> sell++;
            case HOLD -> hold++;
        }
        normalised += event.isNormalised(i) ? 1 : 0;
    }

    ModelFigures figures() {
        Optional<ModelStats> stats = valid == 0 ? Optional.empty() : Optional.of(stats());
        return new ModelFigures(model, valid + invalid, stats, Collections.unmodifiableMap(faults));
    }

    private ModelStats stats() {
        double[] sorted = Arrays.copyOf(confidences, valid);
        Arrays.sort(sorted);
        double mean = mean(sorted);
        return new ModelStats(
                valid,
                buy,
                sell,
                hold,
                mean,
                deviation(sorted, mean),
                percentile(sorted, 10),
                percentile(sorted, 90),
                normalised);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Of the population, in a second pass over the data: sums of squares would lose the digits that decide. */
    private static double deviation(double[] values, double mean) {
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / values.length);
    }

    /** Linear interpolation between the two nearest ranks; the rank is computed in integers. */
    private static double percentile(double[] sorted, int percent) {
        long scaledRank = (long) (sorted.length - 1) * percent;
        int below = (int) (scaledRank / 100);
        double fraction = (scaledRank % 100) / 100.0;
        return fraction == 0 ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
    }
}
