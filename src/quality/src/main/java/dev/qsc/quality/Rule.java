package dev.qsc.quality;

/**
 * Every reason to keep a canary out or to take it out. The names appear in status, events, metrics and the ledger, and
 * do not change.
 */
public enum Rule {
    /** No usable event at all: there is nothing to judge. */
    NO_MODELS("No models", Weight.WAITING),
    /** Fewer usable events than the gate asks for. */
    INSUFFICIENT_EVENTS("Insufficient events", Weight.WAITING),
    /** A judged model has fewer valid predictions than the gate asks for. */
    INSUFFICIENT_SAMPLES("Insufficient samples", Weight.WAITING),
    /** The canary is named in none of the usable events: the engine does not run it. */
    CANARY_ABSENT("Canary absent", Weight.WAITING),
    /** A judged model has a prediction with a {@link Fault}: one is enough. */
    INVALID_PREDICTIONS("Invalid predictions", Weight.IMMEDIATE),
    /** One action has too large a share of a model's predictions. */
    ACTION_COLLAPSE("Action collapse", Weight.SHAPE),
    /** HOLD has too large a share: the model stays out of the market. */
    DEAD_ZONE("Dead zone", Weight.SHAPE),
    /** The confidences hardly deviate from their mean. */
    FLAT("Flat predictions", Weight.SHAPE),
    /** P10 and P90 of the confidences are too close. */
    NARROW("Narrow range", Weight.SHAPE),
    /** The confidences are all but one and the same. */
    CONSTANT("Constant predictions", Weight.SHAPE),
    /** The models of the ensemble agree too rarely. */
    AGREEMENT_LOW("Ensemble agreement low", Weight.SHAPE),
    /** The models of the ensemble agree too often: they no longer check each other. */
    AGREEMENT_HIGH("Ensemble agreement high", Weight.SHAPE),
    /** Too many events in which one model buys and another sells. */
    HARD_DISAGREE("Hard disagreement", Weight.SHAPE),
    /** More unusable than usable entries of the right type: what remains is no fair sample. */
    MALFORMED_EVENTS("Malformed events", Weight.SHAPE),
    /** No usable event for too long. */
    TELEMETRY_LOST("Telemetry lost", Weight.IMMEDIATE),
    /** Several checks in a row could not be made. */
    JUDGE_ERROR("Judge error", Weight.IMMEDIATE),
    /** No acknowledged renewal of a host's lease for as long as the lease lasts. */
    HOST_LOST("Host lost", Weight.IMMEDIATE),
    /** The engine was started anew, but not by us. */
    ENGINE_RESTARTED("Engine restarted", Weight.IMMEDIATE),
    /** The host is back on its baseline, but not at our request. */
    CANARY_LOST("Canary lost", Weight.IMMEDIATE);

    private enum Weight {
        WAITING,
        SHAPE,
        IMMEDIATE
    }

    private final String title;
    private final Weight weight;

    Rule(String title, Weight weight) {
        this.title = title;
        this.weight = weight;
    }

    /** The rule's name in messages. */
    public String title() {
        return title;
    }

    /** Whether time may cure it before a canary is active: the gate keeps waiting. */
    public boolean keepsWaiting() {
        return weight == Weight.WAITING;
    }

    /** Whether an active canary is rolled back whatever number of failures is tolerated. */
    public boolean isImmediate() {
        return weight == Weight.IMMEDIATE || this == CANARY_ABSENT;
    }
}
