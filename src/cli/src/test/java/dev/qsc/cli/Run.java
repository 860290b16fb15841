package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** A run of the program within this process. */
record Run(int exitCode, String out, String err) {
    static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");

    static Run of(String... arguments) {
        return of(Map.of(), false, arguments);
    }

    static Run of(Map<String, String> environment, boolean isTerminal, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        int exitCode =
                Qsc.run(new Shell(out, new PrintStream(err, true, UTF_8), environment, isTerminal, clock), arguments);
        return new Run(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** What it printed, as JSON. */
    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a person reads first. */
    String firstLine() {
        return out.lines().findFirst().orElse("");
    }
}
