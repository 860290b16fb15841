package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.quality.Thresholds;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The command line")
class CommandLineTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "gate | Where are the events? Give --redis URL or --events FILE.",
                "record | Where are the events? Give --redis URL.",
                "gate --events x --redis redis://y | Give one of --redis and --events, not both.",
                "gate --evnts x | Unknown option",
                "gate --events x --models canary | --models canary needs the name of the model: add --canary MODEL.",
                "gate --events x --models some | expected one of [ALL, CANARY] (case-insensitive)",
                "gate --events x -o yaml | expected one of [TEXT, MARKDOWN, JSON] (case-insensitive)",
                "gate --events x --min-voters 0 | --min-voters is at least 1, not 0.",
                "gate --events x --max-events 0 | --max-events is at least 1, not 0.",
                "gate --events x --max-events many | 'many' is not an int.",
                "gate --events x --after 2026-01-10 | '2026-01-10' is no moment with an offset",
                "gate --events x --after 2026-01-10T05:43:15 | is no moment with an offset",
                "gate --events x --after 2026-02-30T05:43:15Z | is no moment with an offset",
                "gate --events x --threshold maxShare=1 | There is no threshold 'maxShare'; there are maxClassShare,",
                "gate --events x --threshold maxClassShare=101 | is a whole number of percent, 0 to 100, not '101'.",
                "gate --events x --threshold minStdDev=5% | is a decimal from 0 to 1",
                "gate --events x --threshold minAgreement=80 | minAgreement must be below maxAgreement",
                "replay --canary a | Missing required option: '--events=FILE'.",
                "replay --events x | A replay watches a canary: add --canary MODEL.",
                "replay --events x --canary a --interval soon | is no duration",
                "replay --events x --canary a --window 0s | window is longer than no time",
                "replay --events x --canary a --failures 3 --of 2 | failures/of is at least 1/1",
                "gate --redis http://x | The Redis URL cannot be read",
                "host | Name a command, such as enroll.",
                "host enroll | Missing required parameter: 'NAME'",
                "host enroll a --unit b.service | Missing required argument(s): --baseline=FILE",
                "host enroll a --unit b --baseline /c | --unit is the full name of a systemd service",
                "host enroll a --unit b.service --baseline c | --baseline is the absolute path of a file on the host",
                "host enroll a --days 0 | --days is 1 to 3650, not 0.",
                "host enroll a --force | --force is for --renew.",
                "host enroll a --issuer b --cluster-issuer c | are mutually exclusive",
                "audit | Name a command, such as verify.",
                "nonsense | Unmatched argument at index 0: 'nonsense'"
            })
    @DisplayName("that is wrong ends with 64 and one sentence, which names the help")
    void wrong(String line, String sentence) {
        Run run = Run.of(line.split(" "));

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err())
                .startsWith("qsc: ")
                .contains(sentence)
                .endsWith(" --help.\n")
                .hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    @DisplayName("without a command ends with 64")
    void none() {
        assertThat(Run.of().exitCode()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate", "scoreboard", "replay", "record", "host", "audit", "train", "generate-completion"})
    @DisplayName("knows --help and --version in every command")
    void help(String command) {
        assertThat(Run.of("--help").out()).contains("  " + command + " ");
        Run help = Run.of(command, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: qsc " + command).contains("Exit codes:");
        assertThat(Run.of(command, "--version").out()).startsWith("qsc ");
    }

    @Test
    @DisplayName("completes itself in a shell")
    void completion() {
        assertThat(Run.of("generate-completion").out()).contains("--min-voters", "complete -F");
    }

    @Test
    @DisplayName("takes Redis from the environment, and --events before it")
    void environment() {
        Map<String, String> environment = Map.of("QSC_REDIS_URL", "redis://:secret@127.0.0.1:1");

        Run redis = Run.of(environment, false, "gate");
        assertThat(redis.exitCode()).isEqualTo(1);
        assertThat(redis.err())
                .isEqualTo("qsc: redis://127.0.0.1:1 cannot be reached; check that Redis is up and listens there.\n");
        assertThat(Run.of(environment, false, "gate", "--events", "none").err()).contains("There is no file none");
    }

    @Test
    @DisplayName("never repeats the password of a Redis URL, even of a wrong one")
    void password() {
        for (String url :
                new String[] {"redis://u:secret@127.0.0.1:1", "redis://u:secret@h:99999", "rdis://u:secret@h"}) {
            Run run = Run.of("gate", "--redis", url);
            assertThat(run.out() + run.err()).doesNotContain("secret");
        }
    }

    @Test
    @DisplayName("names thresholds as spec.thresholds of the CanaryRollout does")
    void thresholds() {
        assertThat(ThresholdNames.values(Thresholds.defaults()).keySet())
                .containsExactlyElementsOf(Stream.of(CanaryRolloutSpec.Thresholds.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
    }
}
