package dev.qsc.cli;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.JsonlRecording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.IntFunction;

/** A recording that a test makes: an event in each gap of time. */
final class Recording {
    static final Instant BEGIN = Instant.parse("2026-01-10T05:43:15Z");

    private Recording() {}

    /** Writes events whose {@code model_breakdown} is made by number. */
    static String write(Path file, int count, Duration gap, IntFunction<String> breakdown) {
        try (Writer out = JsonlRecording.create(file)) {
            for (int i = 0; i < count; i++) {
                StreamId id = StreamId.firstAt(BEGIN.plus(gap.multipliedBy(i)));
                String payload = "{\"model_breakdown\":{" + breakdown.apply(i) + "}}";
                JsonlRecording.write(StreamEntry.of(id, "event_type", "trade.intent", "payload", payload), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toString();
    }

    static String vote(String model, String action, double confidence) {
        return String.format(Locale.ROOT, "\"%s\":{\"action\":\"%s\",\"confidence\":%.4f}", model, action, confidence);
    }

    /** Three models of which two agree at a time, and none contradicts another hard. */
    static String healthy(int i) {
        double confidence = 0.3 + i * 37 % 101 * 0.006;
        String side = i % 2 == 0 ? "BUY" : "SELL";
        String[] votes = {i % 3 == 0 ? "HOLD" : side, i % 3 == 1 ? "HOLD" : side, i % 3 == 2 ? "HOLD" : side};
        return vote("xgb", votes[0], confidence)
                + "," + vote("lgbm", votes[1], confidence)
                + "," + vote("patchtst", votes[2], confidence);
    }
}
