package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("qsc scoreboard")
class ScoreboardCommandTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("says ALL-GO when every rule holds")
    void go() {
        Run run = Run.of("scoreboard", "--events", events(250));

        assertThat(run.exitCode()).isZero();
        assertThat(run.firstLine()).isEqualTo("ALL-GO  every rule holds over 250 usable events");
        assertThat(run.out()).contains("agreement 66.7% (in range 55-80%), hard disagreement 0.0% (in range 0-20%)");
    }

    @Test
    @DisplayName("says WAIT below the samples")
    void waits() {
        Run run = Run.of("scoreboard", "--events", events(199));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.firstLine()).startsWith("WAIT  ").contains("199 of 200");
    }

    @Test
    @DisplayName("says NO-GO with the figure and its threshold")
    void noGo() {
        Run run = Run.of("scoreboard", "--events", events(250), "--threshold", "minRange=0.9");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.firstLine()).startsWith("NO-GO  ");
        assertThat(run.out()).contains("  patchtst: Narrow range: p10_p90=").contains("(<0.9)");
    }

    @Test
    @DisplayName("shows the distance to each threshold, and before and after the cutover")
    void margins() {
        Run run = Run.of("scoreboard", "--events", events(500), "--after", "2026-01-10T05:46:35Z", "-o", "json");

        new Schema("scoreboard").assertHolds(run.json());
        assertThat(run.json().at("/models/patchtst/margins")).hasSize(7);
        assertThat(run.json().at("/models/patchtst/margins/2/distance").doubleValue())
                .isBetween(36.6, 36.7);
        assertThat(run.json().at("/comparison/patchtst/before/n").intValue()).isEqualTo(200);
        assertThat(run.json().at("/comparison/patchtst/after/n").intValue()).isEqualTo(300);
    }

    @Test
    @DisplayName("writes as Markdown what scoreboard_latest.md has always held, in its order")
    void markdown() {
        Run run = Run.of("scoreboard", "--events", events(250), "--threshold", "minRange=0.9", "-o", "markdown");

        assertThat(run.out())
                .containsSubsequence(
                        "* Generated: 2026-01-10T12:00:00Z",
                        "## Telemetry",
                        "250 usable",
                        "## Overall: NO-GO",
                        "## Ensemble: GO",
                        "agreement 66.7% (in range 55-80%)",
                        "hard disagreement 0.0% (in range 0-20%)",
                        "## Models",
                        "### lgbm: NO-GO",
                        "* Sample size: 250",
                        "* Gate: FAIL, Narrow range: p10_p90=",
                        "### patchtst: NO-GO",
                        "### xgb: NO-GO");
    }

    private String events(int count) {
        return Recording.write(folder.resolve(count + ".jsonl"), count, Duration.ofSeconds(1), Recording::healthy);
    }
}
