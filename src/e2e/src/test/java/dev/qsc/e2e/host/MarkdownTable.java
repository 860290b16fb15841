package dev.qsc.e2e.host;

import dev.qsc.e2e.lab.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** What trials have seen, for people to read: a table in {@code src/e2e/target/tables}, its rows sorted. */
final class MarkdownTable {
    private final Path file;
    private final List<String> head;
    private final NavigableSet<String> rows = new ConcurrentSkipListSet<>();

    MarkdownTable(String name, String... columns) {
        file = Repository.file("src/e2e").resolve("target/tables/" + name + ".md");
        head = List.of(line(columns), "|---".repeat(columns.length) + "|");
    }

    void add(String... cells) {
        rows.add(line(cells));
    }

    void write() throws IOException {
        var lines = new ArrayList<>(head);
        lines.addAll(rows);
        Files.createDirectories(file.getParent());
        Files.write(file, lines);
    }

    private static String line(String... cells) {
        var line = new StringBuilder("|");
        for (var cell : cells) {
            line.append(' ')
                    .append(cell.strip()
                            .replace("\\", "\\\\")
                            .replace("|", "\\|")
                            .replace("\n", "\\n"))
                    .append(" |");
        }
        return line.toString();
    }
}
