package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A ledger that the host's own helper wrote: records, a torn write that was mended, and a rotation. */
final class RootsLedger {
    private static final Path HELPERS = Path.of("../../host-agent/src/main/root/usr/lib/qsc")
            .toAbsolutePath()
            .normalize();
    private static final String SCRIPT = """
            . ./common.sh
            cd "$HELPERS" && ledger_dir=$LEDGER && . ./ledger.sh
            own() { :; } # there is no user qsc-agent here
            ledger_largest=600
            append canary_activated '"canary_model":"patchtst","weights":{"xgb":0.225000,"模型":0.1},"trigger":"quality_gate"'
            append rollback_executed '"canary_model":"patchtst","violations":["Flat predictions: conf_std=0.0412 (<0.05)"]'
            printf '{"timestamp":"2026-01-10T05:4' >>"$ledger"
            append canary_activated '"canary_model":"patchtst","trigger":"quality_gate"'
            append monitoring_completed '"canary_model":"patchtst","violations":null,"result":"safe"'
            append canary_promoted '"canary_model":"patchtst"'
            """;

    private RootsLedger() {}

    /** Writes it into a directory: the newest file, and older ones. */
    static void write(Path directory) {
        try {
            Path log = Files.createTempFile("ledger", ".log");
            ProcessBuilder shell = new ProcessBuilder("sh", "-eu", "-c", SCRIPT)
                    .directory(HELPERS.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            shell.environment().put("HELPERS", HELPERS.toString());
            shell.environment().put("LEDGER", directory.toString());
            if (shell.start().waitFor() != 0) {
                throw new IllegalStateException(Files.readString(log, UTF_8));
            }
            Files.delete(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
