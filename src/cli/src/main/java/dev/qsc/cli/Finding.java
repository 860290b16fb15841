package dev.qsc.cli;

/**
 * What a doctor found about one thing.
 *
 * @param sentence what is so, and if it should not be: what to do
 */
record Finding(Grade grade, String sentence) {
    /** How it is. */
    enum Grade {
        OK(Style.GOOD),
        /** Works, but somebody should look at it. */
        WARN(Style.UNDECIDED),
        /** Does not work. */
        FAIL(Style.BAD);

        private final Style style;

        Grade(Style style) {
            this.style = style;
        }
    }

    static Finding ok(String sentence) {
        return new Finding(Grade.OK, sentence);
    }

    static Finding warn(String sentence) {
        return new Finding(Grade.WARN, sentence);
    }

    static Finding fail(String sentence) {
        return new Finding(Grade.FAIL, sentence);
    }

    String line(boolean hasColours) {
        return grade.style.of(grade.name(), hasColours)
                + " ".repeat(6 - grade.name().length()) + Printable.text(sentence) + "\n";
    }
}
