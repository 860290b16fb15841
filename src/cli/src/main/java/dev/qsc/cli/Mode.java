package dev.qsc.cli;

import java.util.Locale;

/** What the gate is asked. */
enum Mode {
    /** Whether a canary may be activated. */
    CANARY(200),
    /** Whether enough was collected to look at; it never enables a rollout. */
    COLLECTION(100);

    private final int minimum;

    Mode(int minimum) {
        this.minimum = minimum;
    }

    /** Fewest usable events, and fewest valid predictions of each judged model. */
    int minimum() {
        return minimum;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
