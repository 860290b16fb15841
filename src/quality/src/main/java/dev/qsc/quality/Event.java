package dev.qsc.quality;

import java.util.EnumSet;
import java.util.Set;

/**
 * A usable event: one prediction per model, in the order of the payload. Hundreds of thousands are kept in memory, so a
 * prediction is one byte and one double, and events of the same models share their list of names.
 */
public final class Event implements Reading {
    /** The {@link #vote} of a prediction: its action, or none when it has a fault. */
    static final int BUY = 0;

    static final int SELL = 1;
    static final int HOLD = 2;
    static final int NO_VOTE = 3;

    private static final Action[] ACTIONS = {Action.BUY, Action.SELL, Action.HOLD};

    /** Set in a mark when the other bits are faults; otherwise they are a vote and {@link #NORMALISED}. */
    private static final int FAULTY = 0x80;

    private static final int VOTE = 0x03;
    private static final int NORMALISED = 0x04;
    private static final Fault[] FAULTS = Fault.values();

    private final StreamId id;
    private final String[] models;
    private final byte[] marks;
    private final double[] confidences;

    /** Takes ownership of the arrays; {@code models} may be shared between events. */
    Event(StreamId id, String[] models, byte[] marks, double[] confidences) {
        this.id = id;
        this.models = models;
        this.marks = marks;
        this.confidences = confidences;
    }

    static byte validMark(Action action, boolean normalised) {
        int vote =
                switch (action) {
                    case BUY -> BUY;
                    case SELL -> SELL;
                    case HOLD -> HOLD;
                };
        return (byte) (vote | (normalised ? NORMALISED : 0));
    }

    static byte faultyMark(int faults) {
        return (byte) (FAULTY | faults);
    }

    /** Place and time of the event in its stream. */
    public StreamId id() {
        return id;
    }

    /** Number of models, at least one. */
    public int size() {
        return models.length;
    }

    /** Name of the i-th model. */
    public String model(int i) {
        return models[i];
    }

    /** Whether the i-th prediction has no fault. */
    public boolean isValid(int i) {
        return (marks[i] & FAULTY) == 0;
    }

    /** What the i-th model votes for; only of a valid prediction. */
    public Action action(int i) {
        return ACTIONS[marks[i] & VOTE];
    }

    /** What the i-th prediction counts as: {@link #BUY}, {@link #SELL}, {@link #HOLD} or {@link #NO_VOTE}. */
    int vote(int i) {
        return isValid(i) ? marks[i] & VOTE : NO_VOTE;
    }

    /** Confidence of the i-th prediction, 0 to 1, logits already normalised; only of a valid prediction. */
    public double confidence(int i) {
        return confidences[i];
    }

    /** Whether the i-th confidence was a logit (above 1) and went through the sigmoid; only of a valid prediction. */
    public boolean isNormalised(int i) {
        return (marks[i] & NORMALISED) != 0;
    }

    /** What is wrong with the i-th prediction; empty for a valid one. */
    public Set<Fault> faults(int i) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (!isValid(i)) {
            for (Fault fault : FAULTS) {
                if ((marks[i] & fault.bit()) != 0) {
                    faults.add(fault);
                }
            }
        }
        return faults;
    }

    /** Place of a model in this event, or -1. */
    public int indexOf(String model) {
        for (int i = 0; i < models.length; i++) {
            if (models[i].equals(model)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the model has a valid prediction in this event. */
    public boolean hasValid(String model) {
        int i = indexOf(model);
        return i >= 0 && isValid(i);
    }

    /** Not to be written to; one and the same array for most events of the same models. */
    String[] models() {
        return models;
    }

    @Override
    public String toString() {
        return "Event[" + id + ", " + models.length + " models]";
    }
}
