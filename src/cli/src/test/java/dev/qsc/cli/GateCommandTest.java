package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("qsc gate")
class GateCommandTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("passes 200 healthy events, and says so in one line")
    void pass() {
        Run run = Run.of("gate", "--events", healthy(200), "--canary", "patchtst");

        assertThat(run.exitCode()).isZero();
        assertThat(run.firstLine()).isEqualTo("PASS  every rule holds over 200 usable events");
        assertThat(run.err()).isEmpty();
    }

    @Test
    @DisplayName("fails 199 events, and says what is missing")
    void tooFew() {
        Run run = Run.of("gate", "--events", healthy(199));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out())
                .startsWith("FAIL  too little evidence in 199 usable events; waiting may cure this\n")
                .contains("  Insufficient events: usable_events=199 (<200)\n")
                .contains("  A canary needs 1 more usable events\n");
    }

    @Test
    @DisplayName("calls a collection of 100 complete, says what a canary still needs, and never calls it a pass")
    void collection() {
        Run run = Run.of("gate", "--events", healthy(150), "--mode", "collection");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.firstLine()).startsWith("COLLECTED  ").contains("enables no rollout");
        assertThat(run.out())
                .contains("A canary needs 50 more usable events")
                .contains("A canary needs 50 more valid predictions of patchtst")
                .doesNotContain("PASS ".repeat(2));
        Run json = Run.of("gate", "--events", healthy(300), "--mode", "collection", "-o", "json");
        assertThat(json.exitCode()).isEqualTo(3);
        assertThat(json.json().get("gate").textValue()).isEqualTo("COLLECTED");
        new Schema("gate").assertHolds(json.json());
    }

    @Test
    @DisplayName("fails a collection below 100, and one with a violation")
    void failedCollection() {
        assertThat(Run.of("gate", "--events", healthy(99), "--mode", "collection")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of("gate", "--events", collapsed(150), "--mode", "collection")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("judges the canary only when asked to")
    void canaryOnly() {
        String events = collapsed(250);

        assertThat(Run.of("gate", "--events", events, "--canary", "xgb", "--models", "all")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of("gate", "--events", events, "--canary", "xgb", "--models", "canary")
                        .exitCode())
                .isZero();
    }

    @Test
    @DisplayName("takes thresholds under the names of the CanaryRollout")
    void thresholds() {
        assertThat(Run.of(
                                "gate",
                                "--events",
                                collapsed(250),
                                "--threshold",
                                "maxClassShare=100",
                                "--threshold=maxHoldShare=100")
                        .exitCode())
                .isZero();
        Run stricter = Run.of("gate", "--events", healthy(250), "--threshold", "minStdDev=0.5", "-o", "json");
        assertThat(stricter.exitCode()).isEqualTo(2);
        assertThat(stricter.json().at("/asked/thresholds/minStdDev").doubleValue())
                .isEqualTo(0.5);
    }

    @Test
    @DisplayName("judges the newest events, as many as asked for")
    void maxEvents() {
        Run run = Run.of("gate", "--events", healthy(500), "--max-events", "300", "-o", "json");

        assertThat(run.json().at("/counters/valid").intValue()).isEqualTo(300);
        assertThat(run.json().at("/window/newest").textValue()).startsWith("1768024294");
    }

    @Test
    @DisplayName("counts from the cutover on, written in any offset or as systemd writes it")
    void cutover() {
        String events = healthy(500);
        for (String after : new String[] {
            "2026-01-10T05:48:15Z",
            "2026-01-10T06:48:15+01:00",
            "Sat 2026-01-10 05:48:15 UTC",
            "2026-01-10t05:48:15.000z"
        }) {
            Run run = Run.of("gate", "--events", events, "--after", after, "-o", "json");
            assertThat(run.json().at("/counters/valid").intValue()).as(after).isEqualTo(200);
            assertThat(run.json().at("/asked/after").textValue()).isEqualTo("2026-01-10T05:48:15Z");
        }
    }

    @Test
    @DisplayName("writes as Markdown what the report of the gate has always held")
    void markdown() {
        Run run = Run.of(
                "gate",
                "--events",
                healthy(500),
                "--after",
                "2026-01-10T05:46:35Z",
                "--canary",
                "patchtst",
                "-o",
                "markdown");

        assertThat(run.out())
                .startsWith("# Quality gate: PASS\n")
                .contains("* Mode: canary\n")
                .contains("* Cutover: 2026-01-10T05:46:35Z\n")
                .contains("* Confidences above 1, taken for logits and normalised: 0\n")
                .contains("* Refused: 0\n")
                .contains("* 300 entries in the window: 300 usable")
                .contains("## Before and after the cutover\n\n| model | HOLD | std | P10-P90 | mean | valid |\n")
                .contains("33.5% -> 33.3% (-0.2)")
                .contains("200 -> 300")
                .contains(
                        "| model | verdict | BUY | SELL | HOLD | mean | std | P10 | P90 | P10-P90 | valid | invalid |\n")
                .contains("### patchtst: PASS\n");
    }

    @Test
    @DisplayName("lets no name of a model reach the terminal or the Markdown as anything but text")
    void names() {
        String name = "a|b\\u001b[2J\\u202e<b>";
        String events =
                Recording.write(folder.resolve("names.jsonl"), 200, SECOND, i -> Recording.vote(name, "HOLD", 0.5));

        assertThat(Run.of("gate", "--events", events).out())
                .contains("a|b\\u001B[2J\\u202E<b>")
                .doesNotContain("\u001b", "\u202e");
        assertThat(Run.of("gate", "--events", events, "-o", "markdown").out())
                .contains("| a\\|b\\\\u001B\\[2J\\\\u202E\\<b> |")
                .doesNotContain("\u001b", "\u202e");
        assertThat(Run.of("gate", "--events", events, "-o", "json")
                        .json()
                        .at("/models")
                        .properties())
                .hasSize(1)
                .allSatisfy(model -> assertThat(model.getKey()).isEqualTo("a|b\u001b[2J\u202e<b>"));
    }

    @Test
    @DisplayName("is coloured on a terminal, unless NO_COLOR is set")
    void colours() {
        String events = healthy(200);

        assertThat(Run.of(Map.of(), true, "gate", "--events", events).out()).startsWith("\u001b[1;32mPASS\u001b[0m  ");
        assertThat(Run.of(Map.of("NO_COLOR", "1"), true, "gate", "--events", events)
                        .out())
                .startsWith("PASS  ");
    }

    @Test
    @DisplayName("reads an empty file as an empty stream, and a missing file as an error")
    void nothing() {
        String empty = Recording.write(folder.resolve("empty.jsonl"), 0, SECOND, Recording::healthy);

        assertThat(Run.of("gate", "--events", empty).exitCode()).isEqualTo(2);
        Run missing = Run.of("gate", "--events", folder.resolve("none.jsonl").toString());
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.out()).isEmpty();
        assertThat(missing.err()).startsWith("qsc: There is no file ").hasLineCount(1);
    }

    private String healthy(int count) {
        return Recording.write(folder.resolve(count + ".jsonl"), count, SECOND, Recording::healthy);
    }

    /** patchtst says HOLD all the time. */
    private String collapsed(int count) {
        return Recording.write(
                folder.resolve("collapsed.jsonl"),
                count,
                SECOND,
                i -> Recording.healthy(i).replaceAll("(?<=patchtst\":\\{\"action\":\")[A-Z]+", "HOLD"));
    }
}
