package dev.qsc.e2e.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * A program that was run to its end.
 *
 * @param line the program and its arguments
 * @param exitCode what it returned; 128 and more for a signal
 * @param stdout all it wrote to its standard output
 * @param stderr all it wrote to its standard error
 */
public record Command(List<String> line, int exitCode, String stdout, String stderr) {

    public Command {
        line = List.copyOf(line);
    }

    /** Runs a program without input and waits for it; an interrupt kills it. */
    public static Command run(List<String> line) {
        return run(new ProcessBuilder(line), "");
    }

    /** Runs a program, hands it {@code stdin} and waits for it; an interrupt kills it. */
    public static Command run(List<String> line, String stdin) {
        return run(new ProcessBuilder(line), stdin);
    }

    /** As {@link #run(List)}, for a program that reports progress: its standard error goes to ours as it comes. */
    public static Command runAloud(List<String> line) {
        return run(new ProcessBuilder(line).redirectError(Redirect.INHERIT), "");
    }

    private static Command run(ProcessBuilder program, String stdin) {
        var line = program.command();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var process = program.start();
            var stdout = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), readers);
            var stderr = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), readers);
            try (var input = process.outputWriter(UTF_8)) {
                input.write(stdin);
            } catch (IOException e) {
                // It ended without reading: its exit code tells why.
            }
            try {
                return new Command(line, process.waitFor(), stdout.join(), stderr.join());
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while running " + line.getFirst(), e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + line.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /**
     * This command, if it returned 0.
     *
     * @throws IllegalStateException if it did not, with what it said
     */
    public Command orThrow() {
        if (exitCode != 0) {
            throw new IllegalStateException(
                    "%s ended with %d: %s".formatted(String.join(" ", line), exitCode, stderr.strip()));
        }
        return this;
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
