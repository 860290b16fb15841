package dev.qsc.api;

/** Rules that several fields of the schema share: CEL expressions, and the sentences that refuse a value. */
final class Rules {
    /** Few digits to a term, and few terms: their sum stays below the 292 years that the API server can count. */
    private static final String DURATION_PATTERN = "matches('^([0-9]{1,6}(ms|s|m|h))+$')";

    static final long DURATION_LENGTH = 14;

    /**
     * Whether {@code d} can be counted with; a rule about two durations leaves it to their own rules to refuse them.
     */
    static final String IS_DURATION = "d." + DURATION_PATTERN;

    static final String IS_SELF_DURATION = "self." + DURATION_PATTERN;

    static final String DURATION = IS_SELF_DURATION + " && duration(self) > duration('0s')";

    static final String DURATION_MESSAGE =
            "must be a duration above zero: numbers of up to 6 digits with the units h, m, s or ms, such as 30s or 1h30m";

    static final long MODEL_LENGTH = 128;

    /** What a host takes as the name of a model: nothing that an environment file or JSON reads as more than itself. */
    static final String MODEL = "^[\\\\p{L}\\\\p{N}][\\\\p{L}\\\\p{N}\\\\p{M}._:@+-]*$";

    static final String MODEL_NAMES = "self.all(model, size(model) <= 128 && model.matches('" + MODEL + "'))";

    static final String MODEL_MESSAGE =
            "a model's name is 1 to 128 letters, digits and ._:@+- and starts with a letter or digit";

    /** Most models that a host takes. */
    static final long MODELS = 64;

    /** Name of an EngineHost, up to 253 characters. */
    static final String HOST = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";

    static final long DECIMAL_LENGTH = 8;

    static final String DECIMAL = "self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')";

    static final String DECIMAL_MESSAGE =
            "must be a decimal from 0 to 1 with at most 6 decimals, in quotes, such as \"0.05\"";

    private Rules() {}
}
