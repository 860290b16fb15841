package dev.qsc.quality;

/** What can be wrong with one prediction. A prediction without a fault is valid; all faults that apply are counted. */
public enum Fault {
    /** The model's entry in the breakdown is not a JSON object. */
    ENTRY_NOT_OBJECT(1 << 0),
    /** {@code action} is absent, null or the empty string. */
    ACTION_MISSING(1 << 1),
    /** {@code action} is anything but exactly BUY, SELL or HOLD. */
    ACTION_UNKNOWN(1 << 2),
    /** {@code confidence} is absent or null. */
    CONFIDENCE_MISSING(1 << 3),
    /** {@code confidence} is NaN, infinite, too large for a double, or a number of more than 1,000 characters. */
    CONFIDENCE_NOT_FINITE(1 << 4),
    /** {@code confidence} is below zero; minus zero is zero. */
    CONFIDENCE_NEGATIVE(1 << 5),
    /** {@code confidence} is a boolean, a list, an object, or a string that is not a number as JSON writes it. */
    CONFIDENCE_NOT_NUMERIC(1 << 6);

    private final int bit;

    Fault(int bit) {
        this.bit = bit;
    }

    /** Where an {@link Event} keeps it. */
    int bit() {
        return bit;
    }
}
