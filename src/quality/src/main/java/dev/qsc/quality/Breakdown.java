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
        String writable = writable(model);
        Integer known = places.putIfAbsent(writable, size);
        return known != null ? known : add(writable);
    }

    /** The name, with each half of a surrogate pair as the escape that it was written as: no output could hold it. */
    private static String writable(String model) {
        if (model.codePoints().noneMatch(Breakdown::isHalf)) {
            return model;
        }
        StringBuilder writable = new StringBuilder();
        model.codePoints()
                .forEach(point ->
                        writable.append(isHalf(point) ? "\\u%04x".formatted(point) : Character.toString(point)));
        return writable.toString();
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
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
