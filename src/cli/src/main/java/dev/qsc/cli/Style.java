package dev.qsc.cli;

/** Colours of a terminal. */
enum Style {
    GOOD("32"),
    BAD("31"),
    UNDECIDED("33");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The word in this colour, or plain where there are no colours. */
    String of(String word, boolean hasColours) {
        return hasColours ? "\033[1;" + code + "m" + word + "\033[0m" : word;
    }
}
