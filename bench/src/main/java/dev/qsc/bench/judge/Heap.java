package dev.qsc.bench.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * The heap of a JVM that has ended, by the log of its collector; in megabytes.
 *
 * @param peak the most that was in use at once, garbage included
 * @param allowed the most that it might have used
 */
record Heap(double peak, double allowed) {
    /** {@code Pause Young (Allocation Failure) 34M->2M(61M) 3.1ms}. */
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->\\d+M\\(\\d+M\\)");

    /** {@code Tenured total 87424K, used 1166K}: a line of each generation at the end. */
    private static final Pattern AT_END = Pattern.compile("total .*used (\\d+)K \\[");

    private static final Pattern ALLOWED = Pattern.compile("Heap Max Capacity: (\\d+)M");

    /**
     * Runs a program, and reads what its JVM logged.
     *
     * @throws IllegalStateException when that says nothing of a heap
     */
    static Heap of(Program program, Path log) {
        program.withJvm("-Xlog:gc,gc+init,gc+exit:file=" + log + "::filecount=0")
                .run();
        String text = read(log);
        double atEnd = numbers(AT_END, text).sum() / 1_024;
        double beforeCollection = numbers(COLLECTION, text).max().orElse(0);
        double allowed = numbers(ALLOWED, text)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no heap in " + log + ": is it of a Java program?"));
        return new Heap(Math.max(atEnd, beforeCollection), allowed);
    }

    private static DoubleStream numbers(Pattern pattern, String text) {
        return pattern.matcher(text).results().mapToDouble(match -> Double.parseDouble(match.group(1)));
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }
}
