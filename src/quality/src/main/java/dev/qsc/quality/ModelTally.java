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
    private final int[] counts = new int[Event.NO_VOTE];
    private double[] confidences = new double[16];
    private int valid;
    private int invalid;
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
        counts[event.vote(i)]++;
        normalised += event.isNormalised(i) ? 1 : 0;
    }

    ModelFigures figures() {
        Optional<ModelStats> stats = valid == 0 ? Optional.empty() : Optional.of(stats());
        return new ModelFigures(model, valid + invalid, stats, Collections.unmodifiableMap(faults));
    }

    private ModelStats stats() {
        double mean = mean();
        Percentiles percentiles = new Percentiles(confidences, valid);
        return new ModelStats(
                valid,
                counts[Event.BUY],
                counts[Event.SELL],
                counts[Event.HOLD],
                mean,
                deviation(mean),
                percentiles.at(10),
                percentiles.at(90),
                normalised);
    }

    private double mean() {
        double sum = 0;
        for (int i = 0; i < valid; i++) {
            sum += confidences[i];
        }
        return sum / valid;
    }

    /** Of the population, in a second pass over the data: sums of squares would lose the digits that decide. */
    private double deviation(double mean) {
        double squares = 0;
        for (int i = 0; i < valid; i++) {
            double distance = confidences[i] - mean;
            squares += distance * distance;
        }
        return Math.sqrt(squares / valid);
    }
}
