package dev.qsc.bench.judge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.bench.Row;
import dev.qsc.bench.Spread;
import dev.qsc.bench.Target;
import dev.qsc.bench.Unit;
import dev.qsc.e2e.lab.Repository;
import dev.qsc.quality.StreamEntry;
import dev.qsc.telemetry.JsonlRecording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code bin/qsc} as a user runs it: its start, and its gate over a Redis with 200,000 events. */
final class AsProcess {
    private static final int ENTRIES = 200_000;
    private static final int NEWEST = 2_000;
    private static final int MODELS = 4;

    private static final int STARTS = 10;
    private static final int ROUNDS = 7;

    private static final Target START = new Target.AtMost(400);
    private static final Target READ_ALL = new Target.AtMostTimes(1.5);
    private static final Target HEAP = new Target.AtMost(128);

    private final Path directory;
    private final Program qsc;
    private final List<StreamEntry> entries = Recorded.entries(ENTRIES, MODELS);

    private AsProcess(Path directory) {
        this.directory = directory;
        this.qsc = program(Repository.file("bin/qsc").toString());
    }

    /** @throws IllegalStateException when a program cannot be run, or does not do its work */
    static List<Row> measure(Path directory) {
        AsProcess process = new AsProcess(directory);
        List<Row> rows = new ArrayList<>(process.starts());
        rows.addAll(process.gates());
        return rows;
    }

    private List<Row> starts() {
        System.err.println("qsc starts");
        Race version = Race.of(STARTS, qsc.with("--version"), program(java(), "-version"));
        Race tiny = Race.of(STARTS, gate("--events", recording(10).toString()), program(java(), "-version"));
        return List.of(
                Row.of("yardstick: java -version", version.yardstick(), Unit.MILLIS),
                Row.of("start-up: qsc --version", version.runner(), Unit.MILLIS)
                        .against(version.yardstick(), version.runner())
                        .aimingAt(START),
                Row.of("start-up: qsc gate, a file of 10 events", tiny.runner(), Unit.MILLIS)
                        .against(tiny.yardstick(), tiny.runner())
                        .aimingAt(START));
    }

    private List<Row> gates() {
        System.err.printf("Redis gets %,d events%n", ENTRIES);
        try (FilledRedis redis = FilledRedis.start(directory.resolve("redis"), entries)) {
            List<Row> rows = new ArrayList<>(gate(redis, NEWEST, new Target.None()));
            rows.addAll(gate(redis, ENTRIES, READ_ALL));
            return rows;
        }
    }

    private List<Row> gate(FilledRedis redis, int events, Target target) {
        System.err.printf("qsc gate, %,d events%n", events);
        Program gate = gate("--redis", redis.url(), "--stream", FilledRedis.STREAM, "--max-events", "" + events);
        Race race = Race.of(ROUNDS, gate, redisCli(redis, events));
        Heap heap = Heap.of(gate, directory.resolve("gc-%d.log".formatted(events)));
        String what = "qsc gate, %,d of %,d events".formatted(events, ENTRIES);
        return List.of(
                Row.of("yardstick: redis-cli XRANGE, %,d events".formatted(events), race.yardstick(), Unit.MILLIS),
                Row.of(what, race.runner(), Unit.MILLIS)
                        .against(race.yardstick(), race.runner())
                        .aimingAt(target),
                Row.of(what + ": heap in use at most", Spread.of(heap.peak()), Unit.MEGABYTES),
                Row.of(what + ": heap allowed", Spread.of(heap.allowed()), Unit.MEGABYTES)
                        .aimingAt(HEAP));
    }

    private Program redisCli(FilledRedis redis, int events) {
        String oldest = entries.get(ENTRIES - events).id().toString();
        return program("redis-cli", "-u", redis.url(), "XRANGE", FilledRedis.STREAM, oldest, "+");
    }

    private Program gate(String... source) {
        return qsc.with("gate", "-o", "json").with(source);
    }

    private Program program(String... line) {
        return new Program(List.of(line), "", directory.resolve("stderr"));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Path recording(int events) {
        Path file = directory.resolve("events.jsonl");
        try (Writer out = Files.newBufferedWriter(file, UTF_8)) {
            for (StreamEntry entry : entries.subList(0, events)) {
                JsonlRecording.write(entry, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        return file;
    }
}
