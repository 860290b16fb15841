package dev.qsc.bench.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A program as a user runs it, with what it prints thrown away.
 *
 * @param line the program and its arguments
 * @param jvmOptions what {@code bin/qsc} tells its JVM on top of its own options; empty for nothing
 * @param errors where its standard error goes
 */
record Program(List<String> line, String jvmOptions, Path errors) {
    /** Ends of a run that did its work; of {@code qsc gate} also those that mean "fail" and "collected". */
    private static final Set<Integer> DONE = Set.of(0, 2, 3);

    Program {
        line = List.copyOf(line);
    }

    /** This program with further arguments. */
    Program with(String... arguments) {
        return new Program(Stream.concat(line.stream(), Stream.of(arguments)).toList(), jvmOptions, errors);
    }

    /** This program with options for its JVM. */
    Program withJvm(String options) {
        return new Program(line, options, errors);
    }

    /**
     * Runs it to its end.
     *
     * @return how long that took, in milliseconds
     * @throws IllegalStateException when it did not do its work
     */
    double run() {
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(Redirect.DISCARD).redirectError(errors.toFile());
        if (!jvmOptions.isEmpty()) {
            builder.environment().put("QSC_JAVA_OPTIONS", jvmOptions);
        }
        try {
            long start = System.nanoTime();
            int exit = builder.start().waitFor();
            double millis = (System.nanoTime() - start) / 1e6;
            if (!DONE.contains(exit)) {
                throw new IllegalStateException(
                        "%s ended with %d, see %s".formatted(String.join(" ", line), exit, errors));
            }
            return millis;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + line.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + line.getFirst(), e);
        }
    }
}
