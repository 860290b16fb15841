package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.JsonlRecording;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code qsc train}: does what the other commands do, on made-up events, while Java writes down what it loads and
 * compiles (JEP 514). The launcher asks Java for that, and hands the cache to every later start.
 */
@Command(
        name = "train",
        description =
                "Makes qsc start faster from now on: run it once after installing it, and again for another Java.")
final class TrainCommand implements Callable<Integer> {
    private static final Instant BEGIN = Instant.parse("2026-01-10T05:43:15Z");
    private static final String[] ACTIONS = {"BUY", "SELL", "HOLD"};
    private static final int ROUNDS = 1;

    @Override
    public Integer call() {
        try {
            Path recording = Files.createTempFile("qsc", ".jsonl");
            try {
                write(recording);
                for (int round = 0; round < ROUNDS; round++) {
                    round(recording.toString());
                }
            } finally {
                Files.delete(recording);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The training cannot be done: " + e.getMessage(), e);
        }
        return ExitCode.GO;
    }

    private static void round(String recording) {
        for (Format format : Format.values()) {
            String output = "-o=" + format;
            run("gate", "--events", recording, "--after", "2026-01-10T05:50:00Z", "--canary", "patchtst", output);
            run("scoreboard", "--events", recording, "--after", "2026-01-10T05:50:00Z", output);
            run("replay", "--events", recording, "--canary", "patchtst", "--duration", "5m", output);
        }
        run("gate", "--help");
        try (PretendRedis redis = PretendRedis.holding(entry(0))) {
            run("gate", "--redis", redis.url(), "-o=json");
            run("record", "--redis", redis.url());
        }
    }

    private static void run(String... arguments) {
        Shell silent = new Shell(
                new ByteArrayOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
                Map.of(),
                true,
                Clock.systemUTC());
        Qsc.run(silent, arguments);
    }

    private static void write(Path recording) throws IOException {
        try (Writer out = JsonlRecording.create(recording)) {
            for (int i = 0; i < 1_000; i++) {
                JsonlRecording.write(entry(i), out);
            }
        }
    }

    /** An event a second, in which three models vote differently enough to pass every rule. */
    private static StreamEntry entry(int i) {
        StringBuilder votes = new StringBuilder();
        for (String model : List.of("xgb", "lgbm", "patchtst")) {
            int vote = (i + votes.length() / 50) % 3;
            votes.append(votes.isEmpty() ? "" : ",")
                    .append("\"%s\":{\"action\":\"%s\",\"confidence\":0.%03d}"
                            .formatted(model, ACTIONS[vote], 300 + i * 37 % 600));
        }
        String payload = "{\"symbol\":\"BTCUSDT\",\"model_breakdown\":{" + votes + "}}";
        return StreamEntry.of(StreamId.firstAt(BEGIN.plusSeconds(i)), "event_type", "trade.intent", "payload", payload);
    }
}
