package dev.qsc.e2e.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the story is told: a line for each happening, with its time, and a table of the steps at the end. */
final class Terminal {

    private static final String RESET = "\u001b[0m";
    private static final String INDENT = " ".repeat(27);

    private final PrintStream out;
    private final boolean colours;
    private final long begin = System.nanoTime();
    private final List<Step> steps = new ArrayList<>();

    private record Step(String name, Duration took) {}

    /** How a line looks where there are colours. */
    enum Style {
        PLAIN(""),
        BOLD("\u001b[1m"),
        GOOD("\u001b[32m"),
        BAD("\u001b[31m"),
        QUIET("\u001b[2m");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    Terminal(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** A heading. */
    void heading(String text) {
        out.println();
        print(Style.BOLD, text);
        out.println();
    }

    /** A happening, with the time since the story began. */
    void happens(Style style, String what, String details) {
        print(style, String.format(Locale.ROOT, "%6.1f s  %-17s %s", seconds(elapsed()), what, details));
    }

    /** Lines that belong to the happening before. */
    void details(Style style, String text) {
        text.lines().forEach(line -> print(style, INDENT + line));
    }

    /** A command that a person could type, and that runs now. */
    void command(String line) {
        happens(Style.BOLD, "$", line);
    }

    /** A step is done: a line of the table. */
    void done(String step, Duration took) {
        steps.add(new Step(step, took));
    }

    /** The table of the steps. */
    void table() {
        heading("Steps and times");
        steps.forEach(step -> print(Style.PLAIN, row(step)));
        print(Style.BOLD, row(new Step("from the first to the last line", elapsed())));
    }

    private static String row(Step step) {
        return String.format(Locale.ROOT, "  %-60s %6.1f s", step.name(), seconds(step.took()));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Time since the story began. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Lines as they are. */
    void print(String text) {
        out.print(text);
    }

    private void print(Style style, String line) {
        out.println(colours && style != Style.PLAIN ? style.code + line + RESET : line);
    }
}
