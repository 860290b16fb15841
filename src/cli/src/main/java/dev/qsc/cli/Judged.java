package dev.qsc.cli;

import dev.qsc.quality.Models;
import java.util.Locale;

/** Whose predictions are judged. */
enum Judged {
    /** Every model of the events. */
    ALL(Models.ALL),
    /** The canary only. */
    CANARY(Models.CANARY_ONLY);

    private final Models models;

    Judged(Models models) {
        this.models = models;
    }

    static Judged of(Models models) {
        return models == Models.ALL ? ALL : CANARY;
    }

    Models models() {
        return models;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
