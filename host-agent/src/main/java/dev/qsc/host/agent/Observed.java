package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryState;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What root's helpers saw in the processes of a unit.
 *
 * @param operation the operation they looked for
 * @param state what they concluded
 * @param invocationId of the start they saw; null when they saw none
 * @param at when; null when unknown
 * @param message why, a sentence; may be empty
 */
record Observed(String operation, CanaryState state, String invocationId, Instant at, String message) {

    /** The observation in a file; empty when there is none, or none that can be understood. */
    static Optional<Observed> read(Path file) {
        try {
            return HostFiles.read(file).flatMap(KeyValues::parse).map(Observed::of);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Observed of(KeyValues record) {
        return new Observed(
                record.text("operation"),
                CanaryState.valueOf(record.text("state")),
                record.textOrNull("invocation_id"),
                instant(record.text("at")),
                record.text("message"));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
