package dev.qsc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Figures as a table in Markdown that is aligned for the eye, too. */
public final class Table {
    private static final List<String> HEAD = List.of("measured", "median", "min … max", "× yardstick", "target", "");

    private Table() {}

    /** The table's lines, each with its end. */
    public static String of(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>(List.of(HEAD));
        rows.forEach(row -> lines.add(cells(row)));
        List<Integer> widths = IntStream.range(0, HEAD.size())
                .mapToObj(column -> width(lines, column))
                .toList();
        lines.add(1, widths.stream().map("-"::repeat).toList());
        return lines.stream().map(line -> padded(line, widths)).collect(Collectors.joining());
    }

    private static List<String> cells(Row row) {
        Spread spread = row.spread();
        Unit unit = row.unit();
        return List.of(
                row.what(),
                unit.text(spread.median()),
                unit.number(spread.min()) + " … " + unit.number(spread.max()),
                row.ratio().isPresent() ? Unit.TIMES.number(row.ratio().getAsDouble()) : "",
                row.target().text(unit),
                row.target().mark(spread.median(), row.ratio()));
    }

    private static int width(List<List<String>> lines, int column) {
        return lines.stream().mapToInt(line -> line.get(column).length()).max().orElseThrow();
    }

    private static String padded(List<String> cells, List<Integer> widths) {
        return IntStream.range(0, widths.size())
                .mapToObj(column -> ("%-" + widths.get(column) + "s").formatted(cells.get(column)))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
