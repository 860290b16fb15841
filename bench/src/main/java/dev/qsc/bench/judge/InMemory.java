package dev.qsc.bench.judge;

import dev.qsc.bench.Row;
import dev.qsc.bench.Spread;
import dev.qsc.bench.Target;
import dev.qsc.bench.Unit;
import dev.qsc.quality.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parsing, judging and checking alone, by JMH. */
final class InMemory {
    private static final int ROUNDS = 3;
    private static final Target RATE = new Target.AtLeast(600_000);
    private static final Target CHECK = new Target.AtMost(1);

    private final Jmh jmh;

    private InMemory(Jmh jmh) {
        this.jmh = jmh;
    }

    static List<Row> measure(Path directory) {
        InMemory memory = new InMemory(Jmh.run(ROUNDS, directory.resolve("jmh.log")));
        List<Row> rows = new ArrayList<>(memory.parsing());
        rows.addAll(memory.checking());
        return rows;
    }

    private List<Row> parsing() {
        Spread tokens = jmh.nanos("Parsing.tokens");
        Spread parse = jmh.nanos("Parsing.parse");
        Spread judge = jmh.nanos("Parsing.judge");
        return List.of(
                Row.of("yardstick: bare Jackson, 700 B, 4 models", rate(tokens), Unit.EVENTS_PER_SECOND),
                Row.of("parse", rate(parse), Unit.EVENTS_PER_SECOND).against(tokens, parse),
                Row.of("parse and judge", rate(judge), Unit.EVENTS_PER_SECOND)
                        .against(tokens, judge)
                        .aimingAt(RATE),
                Row.of("parse and judge: allocated", jmh.bytes("Parsing.judge"), Unit.BYTES_PER_EVENT));
    }

    private List<Row> checking() {
        Spread sort = jmh.nanos("Checking.sort");
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of("yardstick: 10 × 2,000 doubles sorted", millis(sort), Unit.SHORT_MILLIS));
        for (Models models : Models.values()) {
            String benchmark = "Checking.check " + models;
            String what = "check, 2,000 events, 10 models, " + models;
            Spread check = jmh.nanos(benchmark);
            Spread bytes = jmh.bytes(benchmark).map(perCheck -> perCheck / Checking.EVENTS);
            rows.add(Row.of(what, millis(check), Unit.SHORT_MILLIS)
                    .against(sort, check)
                    .aimingAt(CHECK));
            rows.add(Row.of(what + ": allocated", bytes, Unit.BYTES_PER_EVENT));
        }
        return rows;
    }

    private static Spread rate(Spread nanos) {
        return nanos.map(time -> 1e9 / time);
    }

    private static Spread millis(Spread nanos) {
        return nanos.map(time -> time / 1e6);
    }
}
