package dev.qsc.quality;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** One model's prediction while it is being read; of two keys of the same name the last one counts. */
final class Prediction {
    /** A longer number says nothing that a double could hold, and costs time to convert. */
    private static final int MAX_NUMBER_CHARACTERS = 1_000;

    private static final Action[] ACTIONS = Action.values();

    private Action action;
    private Fault actionFault;
    private double confidence;
    private Fault confidenceFault;

    void clear() {
        actionFault = Fault.ACTION_MISSING;
        confidenceFault = Fault.CONFIDENCE_MISSING;
    }

    void readAction(JsonParser in, JsonToken value) throws IOException {
        boolean isText = value == JsonToken.VALUE_STRING;
        if (value == JsonToken.VALUE_NULL || (isText && in.getTextLength() == 0)) {
            actionFault = Fault.ACTION_MISSING;
            return;
        }
        actionFault = Fault.ACTION_UNKNOWN;
        if (isText) {
            for (Action known : ACTIONS) {
                if (textIs(in, known.name())) {
                    action = known;
                    actionFault = null;
                }
            }
        }
    }

    private static boolean textIs(JsonParser in, String expected) throws IOException {
        if (in.getTextLength() != expected.length()) {
            return false;
        }
        char[] text = in.getTextCharacters();
        int offset = in.getTextOffset();
        for (int i = 0; i < expected.length(); i++) {
            if (text[offset + i] != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void readConfidence(JsonParser in, JsonToken value) throws IOException {
        confidenceFault = switch (value) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                in.getTextLength() > MAX_NUMBER_CHARACTERS ? Fault.CONFIDENCE_NOT_FINITE : faultOf(in.getDoubleValue());
            case VALUE_STRING -> faultOf(in.getText());
            case VALUE_NULL -> Fault.CONFIDENCE_MISSING;
            default -> Fault.CONFIDENCE_NOT_NUMERIC;
        };
    }

    private Fault faultOf(String text) {
        if (!JsonNumber.matches(text)) {
            return Fault.CONFIDENCE_NOT_NUMERIC;
        }
        return text.length() > MAX_NUMBER_CHARACTERS ? Fault.CONFIDENCE_NOT_FINITE : faultOf(Double.parseDouble(text));
    }

    private Fault faultOf(double value) {
        if (!Double.isFinite(value)) {
            return Fault.CONFIDENCE_NOT_FINITE;
        }
        confidence = value + 0.0; // makes a zero of minus zero
        return value < 0 ? Fault.CONFIDENCE_NEGATIVE : null;
    }

    byte mark() {
        return actionFault == null && confidenceFault == null
                ? Event.validMark(action, isLogit())
                : Event.faultyMark(bit(actionFault) | bit(confidenceFault));
    }

    private static int bit(Fault fault) {
        return fault == null ? 0 : fault.bit();
    }

    /** Between 0 and 1 for a valid prediction: a value above 1 is a logit, and its sigmoid is meant. */
    double confidence() {
        return isLogit() ? 1 / (1 + Math.exp(-confidence)) : confidence;
    }

    private boolean isLogit() {
        return confidence > 1;
    }
}
