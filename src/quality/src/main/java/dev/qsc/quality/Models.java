package dev.qsc.quality;

/** Which models are judged. */
public enum Models {
    /** Every model of the window. */
    ALL,
    /** The canary only. */
    CANARY_ONLY;

    /** Whether this model is judged. */
    boolean include(String model, String canary) {
        return this == ALL || model.equals(canary);
    }
}
