package dev.qsc.quality;

/** Why an entry of the stream is not a usable event. Such entries are skipped and counted, never fatal. */
public enum Unusable implements Reading {
    /** {@code event_type} is absent or not {@code trade.intent}: somebody else's entry. */
    OTHER_TYPE,
    /** The right type, but no payload, or one that is not a JSON object in valid UTF-8. */
    MALFORMED,
    /** The payload is a JSON object without a non-empty object {@code model_breakdown}. */
    NO_BREAKDOWN
}
