package dev.qsc.bench.judge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.bench.Row;
import dev.qsc.bench.Table;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast the judge is, and how much memory it takes: {@code make bench-judge}. Prints one table; progress goes to
 * standard error. Figures are told, not asserted: it fails only when something cannot be measured.
 */
public final class JudgeBench {
    private JudgeBench() {}

    /**
     * Measures and prints.
     *
     * @param arguments a folder for data and logs
     */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        List<Row> rows = new ArrayList<>();
        try {
            rows.addAll(InMemory.measure(directory));
            rows.addAll(AsProcess.measure(directory));
        } catch (IllegalStateException | UncheckedIOException e) {
            System.err.println("Not measured: " + e.getMessage());
            System.exit(1);
        }
        new PrintStream(System.out, true, UTF_8).print("\n" + Table.of(rows));
    }
}
