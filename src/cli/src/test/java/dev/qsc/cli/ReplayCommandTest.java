package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("qsc replay")
class ReplayCommandTest {
    private static final int TURN = 1_000;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("lets a healthy canary through, check by check")
    void completes() {
        Run run = replay(healthy(), "--duration", "10m");

        assertThat(run.exitCode()).isZero();
        assertThat(run.firstLine())
                .startsWith("COMPLETED  at 2026-01-10T05:59:45Z the canary would have gone through: ");
        assertThat(run.out()).containsSubsequence("gate", "WAIT", "gate", "PASS", "canary in", "check", "GO", "20/20");
    }

    @Test
    @DisplayName("says when a canary would have been rolled back, and why")
    void rollsBack() {
        Run run = replay(collapsing());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.firstLine())
                .startsWith("ROLLED-BACK  at 2026-01-10T06:")
                .contains("the canary would have been rolled back: patchtst: Action collapse: HOLD=70.");
        assertThat(run.out())
                .contains("Closest to each threshold")
                .containsPattern("patchtst:ACTION_COLLAPSE:HOLD +HOLD=70\\.\\d% +>70% +-0\\.\\d");
    }

    @Test
    @DisplayName("answers otherwise under other thresholds: that is what it is for")
    void tuning() {
        assertThat(replay(collapsing(), "--threshold", "maxClassShare=100", "--threshold", "maxHoldShare=100")
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    @DisplayName("watches from the moment the canary went in, if that is given")
    void activatedAt() {
        JsonNode document = replay(
                        healthy(), "--activated-at", "2026-01-10T05:53:15Z", "--duration", "5m", "-o", "json")
                .json();

        assertThat(document.at("/steps/0/step").textValue()).isEqualTo("activated");
        assertThat(document.at("/steps/0/at").textValue()).isEqualTo("2026-01-10T05:53:15Z");
        assertThat(document.at("/end/outcome").textValue()).isEqualTo("COMPLETED");
    }

    @Test
    @DisplayName("writes JSON that its schema describes, each step on a line of its own")
    void json() {
        Run run = replay(collapsing(), "--after", "2026-01-10T05:43:15Z", "-o", "json");

        new Schema("replay").assertHolds(run.json());
        assertThat(run.json().at("/end/outcome").textValue()).isEqualTo("ROLLED_BACK");
        assertThat(run.out()
                        .lines()
                        .filter(line -> line.startsWith("{\"step\":"))
                        .count())
                .isEqualTo(run.json().get("steps").size());
    }

    @Test
    @DisplayName("writes Markdown")
    void markdown() {
        assertThat(replay(collapsing(), "-o", "markdown").out())
                .startsWith("# Replay: ROLLED-BACK\n")
                .contains("| time | step | verdict |", "## Closest to each threshold");
    }

    @Test
    @DisplayName("says so when the recording ends first")
    void endsFirst() {
        Run run = replay(healthy());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.firstLine()).startsWith("RECORDING-ENDED  ");
    }

    private static Run replay(String events, String... more) {
        String[] line = new String[more.length + 5];
        System.arraycopy(new String[] {"replay", "--events", events, "--canary", "patchtst"}, 0, line, 0, 5);
        System.arraycopy(more, 0, line, 5, more.length);
        return Run.of(line);
    }

    private String healthy() {
        return Recording.write(folder.resolve("healthy.jsonl"), 1_300, Duration.ofSeconds(1), Recording::healthy);
    }

    /** From an event on, patchtst says nothing but HOLD. */
    private String collapsing() {
        return Recording.write(
                folder.resolve("collapsing.jsonl"),
                3_000,
                Duration.ofSeconds(1),
                i -> i < TURN
                        ? Recording.healthy(i)
                        : Recording.healthy(i).replaceAll("(?<=patchtst\":\\{\"action\":\")[A-Z]+", "HOLD"));
    }
}
