package dev.qsc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Cells under headings. Numbers stand on the right of their column; the first column, and one with words, on the left.
 */
final class Table {
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;
    private final boolean[] hasWords;

    Table(String... headings) {
        this.headings = List.of(headings);
        this.widths = this.headings.stream().mapToInt(Printable::width).toArray();
        this.hasWords = new boolean[headings.length];
        this.hasWords[0] = true;
    }

    void add(List<String> cells) {
        List<String> row = cells.stream().map(Printable::text).toList();
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], Printable.width(row.get(i)));
            hasWords[i] |= row.get(i).codePoints().anyMatch(Character::isLetter);
        }
        rows.add(row);
    }

    /** For a terminal: aligned columns, each line ended. */
    String text() {
        StringBuilder text = new StringBuilder(line(headings));
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - Printable.width(cells.get(i)));
            line.append(i == 0 ? "" : "  ");
            line.append(hasWords[i] ? cells.get(i) + padding : padding + cells.get(i));
        }
        return line.toString().stripTrailing() + "\n";
    }

    /** For Markdown, each line ended. */
    String markdown() {
        StringBuilder text = new StringBuilder(row(headings));
        for (boolean words : hasWords) {
            text.append(words ? "|---" : "|--:");
        }
        text.append("|\n");
        rows.forEach(row -> text.append(row(row.stream().map(Markdown::escaped).toList())));
        return text.toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
