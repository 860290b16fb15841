package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Every golden case")
class GoldenCasesTest {
    private static final double EXACT = 1e-9;

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.qsc.cli.Golden#all")
    @DisplayName("is answered by qsc gate under the same keys, as the schema says, and with its exit code")
    void gate(Golden golden) {
        Run run = Run.of(golden.command("gate", "-o", "json"));

        JsonNode answer = run.json();
        assertSame("", answer, golden.expected());
        new Schema("gate").assertHolds(answer);
        boolean passes = golden.expected().get("gate").textValue().equals("PASS");
        assertThat(run.exitCode()).isEqualTo(passes ? 0 : 2);
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.qsc.cli.Golden#all")
    @DisplayName("makes a scoreboard that its schema describes")
    void scoreboard(Golden golden) {
        Run run = Run.of(golden.command("scoreboard", "-o", "json"));

        new Schema("scoreboard").assertHolds(run.json());
        assertThat(run.exitCode())
                .isEqualTo(
                        switch (run.json().get("overall").textValue()) {
                            case "ALL-GO" -> 0;
                            case "WAIT" -> 3;
                            default -> 2;
                        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.qsc.cli.Golden#all")
    @DisplayName("is told to people with the verdict in the first line, and every reason below")
    void people(Golden golden) {
        String verdict = golden.expected().get("gate").textValue();

        assertThat(Run.of(golden.command("gate")).firstLine()).startsWith(verdict + "  ");
        assertThat(Run.of(golden.command("gate", "-o", "markdown")).firstLine())
                .isEqualTo("# Quality gate: " + verdict);
    }

    /** Every key that is expected is there and has this value; there may be more keys. Lists are sets. */
    private static void assertSame(String path, JsonNode actual, JsonNode expected) {
        assertThat(actual).as(path).isNotNull();
        if (expected.isObject() && !path.isEmpty() && isMap(path)) {
            assertThat(names(actual)).as(path).isEqualTo(names(expected));
        }
        if (expected.isObject()) {
            expected.properties()
                    .forEach(entry ->
                            assertSame(path + "/" + entry.getKey(), actual.get(entry.getKey()), entry.getValue()));
        } else if (expected.isArray()) {
            assertThat(texts(actual)).as(path).isEqualTo(texts(expected));
        } else if (expected.isDouble()) {
            assertThat(actual.doubleValue())
                    .as(path)
                    .isBetween(expected.doubleValue() - EXACT, expected.doubleValue() + EXACT);
        } else {
            assertThat(actual).as(path).isEqualTo(expected);
        }
    }

    /** Whether the keys are data, so that none may be added. */
    private static boolean isMap(String path) {
        return path.equals("/models") || path.endsWith("/invalid") || path.endsWith("/actions");
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
