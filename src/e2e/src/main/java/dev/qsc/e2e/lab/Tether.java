package dev.qsc.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Programs that end with this process, however that ends: the kernel closes their tether then. */
public final class Tether {

    /** Runs its arguments; its input is the name of a signal to send them, and its end is KILL. */
    private static final String TETHER = """
            exec 3<&0
            "$@" 3<&- </dev/null & program=$!
            { read -r signal <&3; kill -"${signal:-KILL}" $program; } 2>/dev/null & tether=$!
            wait $program; code=$?
            kill $tether 2>/dev/null
            exit $code""";

    private Tether() {}

    /** A program to be started; what ends it is its exit code. */
    public static ProcessBuilder program(List<String> line) {
        var tethered = new ArrayList<>(List.of("bash", "-c", TETHER, line.getFirst()));
        tethered.addAll(line);
        return new ProcessBuilder(tethered);
    }

    /** Ends a started program at once, and returns when it is gone. */
    public static void kill(Process tethered) {
        end(tethered, "");
    }

    /** Asks a started program to end, and returns when it is gone. */
    public static void terminate(Process tethered) {
        end(tethered, "TERM\n");
    }

    private static void end(Process tethered, String signal) {
        try (var input = tethered.outputWriter()) {
            input.write(signal);
        } catch (IOException e) {
            if (tethered.isAlive()) {
                throw new UncheckedIOException(
                        "cannot end " + tethered.info().commandLine() + ": " + e.getMessage(), e);
            }
        }
        try {
            tethered.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a program ended", e);
        }
    }
}
