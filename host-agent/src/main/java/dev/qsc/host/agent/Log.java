package dev.qsc.host.agent;

import java.io.PrintStream;

/** Structured lines for the journal: {@code key=value}, with the priority that the journal reads from stdout. */
final class Log {
    private static final PrintStream OUT = System.out;

    private Log() {}

    /** Something that is meant to happen. */
    static void info(String event, Object... keysAndValues) {
        line(6, event, keysAndValues);
    }

    /** Something that somebody should look at. */
    static void warning(String event, Object... keysAndValues) {
        line(4, event, keysAndValues);
    }

    private static void line(int priority, String event, Object... keysAndValues) {
        StringBuilder line = new StringBuilder("<" + priority + ">event=" + event);
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            line.append(' ').append(keysAndValues[i]).append('=').append(value(keysAndValues[i + 1]));
        }
        OUT.println(line);
    }

    /** One word as it is, anything else quoted, and never more than a line. */
    private static String value(Object value) {
        String text = String.valueOf(value).replaceAll("\\p{Cntrl}", " ");
        return text.matches("[^\\s\"=]+")
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
