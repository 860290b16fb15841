package dev.qsc.cli;

import java.util.Locale;

/** How a report is written. */
enum Format {
    /** For a person at a terminal. */
    TEXT,
    /** For a file that people read. */
    MARKDOWN,
    /** For programs; docs/schema describes it. */
    JSON;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
