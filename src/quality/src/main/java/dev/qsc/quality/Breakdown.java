package dev.qsc.quality;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The predictions of one payload while they are being read. Most events name the same models in the same order as the
 * one before: as long as that holds, nothing is looked up and the list of names is shared.
 */
final class Breakdown {
    private String[] previous = {};
    private int size;
    private String[] models = new String[8];
    private byte[] marks = new byte[8];
    private double[] confidences = new double[8];

    /** Places by name, from the first name on that differs from the previous event's; null before. */
    private Map<String, Integer> places;

    void clear() {
        size = 0;
        places = null;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Where the prediction of this model goes; the same place for the same name. */
    int placeOf(String model) {
        if (places == null && size < previous.length && previous[size].equals(model)) {
            return add(previous[size]);
        }
        if (places == null) {
            places = new HashMap<>();
            for (int i = 0; i < size; i++) {
                places.put(models[i], i);
            }
        }
        Integer known = places.putIfAbsent(model, size);
        return known != null ? known : add(model);
    }

    private int add(String model) {
        if (size == models.length) {
            models = Arrays.copyOf(models, 2 * size);
            marks = Arrays.copyOf(marks, 2 * size);
            confidences = Arrays.copyOf(confidences, 2 * size);
        }
        models[size] = model;
        return size++;
    }

    void set(int place, byte mark, double confidence) {
        marks[place] = mark;
        confidences[place] = confidence;
    }

    Event toEvent(StreamId id) {
        if (places != null || size != previous.length) {
            previous = Arrays.copyOf(models, size);
        }
        return new Event(id, previous, Arrays.copyOf(marks, size), Arrays.copyOf(confidences, size));
    }
}
