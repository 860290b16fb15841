package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;

/**
 * What surrounds a run of the program.
 *
 * @param out takes the result and nothing else
 * @param err takes sentences for people
 * @param environment the variables of the process
 * @param isTerminal whether a person sees {@code out}
 */
record Shell(OutputStream out, PrintStream err, Map<String, String> environment, boolean isTerminal, Clock clock) {
    /** Whether the result may be coloured: on a terminal, unless NO_COLOR is set. */
    boolean hasColours() {
        return isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * Writes the result, in UTF-8. A reader that has gone away, such as {@code head}, is no error.
     *
     * @throws UncheckedIOException when it cannot be written
     */
    void print(String result) {
        try {
            out.write(result.getBytes(UTF_8));
            out.flush();
        } catch (IOException e) {
            if (!isBrokenPipe(e)) {
                throw new UncheckedIOException("The result cannot be written: " + e.getMessage(), e);
            }
        }
    }

    /** Java has no type for it. */
    static boolean isBrokenPipe(IOException e) {
        return "Broken pipe".equals(e.getMessage());
    }

    /** Tells a person something that is not the result; a full stop is added to a sentence that has no end. */
    void note(String sentence) {
        boolean hasEnd = sentence.endsWith(".") || sentence.endsWith("?");
        err.println("qsc: " + Printable.text(sentence) + (hasEnd ? "" : "."));
    }
}
