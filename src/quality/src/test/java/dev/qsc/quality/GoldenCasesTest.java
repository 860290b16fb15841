package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The judge agrees with every golden case")
class GoldenCasesTest {
    private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

    @Test
    @DisplayName("there are 45 of them")
    void thereAre45() {
        assertThat(Golden.all()).hasSize(45);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.qsc.quality.Golden#all")
    @DisplayName("in verdict, reasons, counters and statistics")
    void agrees(Golden golden) {
        JsonNode expected = golden.expected();
        GateSettings settings = new GateSettings(200, 200, 1, Models.ALL, golden.canary());

        GateResult result = Gate.judge(golden.window(), settings, Thresholds.defaults());

        assertThat(result.passed() ? "PASS" : "FAIL")
                .isEqualTo(expected.get("gate").textValue());
        assertThat(reasons(result.violations())).isEqualTo(texts(expected.get("reasons")));
        assertCounters(result.counters(), expected.get("counters"));
        assertModels(result.models(), expected.get("models"));
        assertEnsemble(result.ensemble(), expected.get("ensemble"));
        assertThat(reasons(result.ensembleViolations())).isEqualTo(texts(expected.get("ensemble_violations")));
    }

    private static void assertCounters(Counters counters, JsonNode expected) {
        assertThat(counters.total()).isEqualTo(expected.get("in_window").longValue());
        assertThat(counters.otherType()).isEqualTo(expected.get("other_type").longValue());
        assertThat(counters.malformed()).isEqualTo(expected.get("malformed").longValue());
        assertThat(counters.noBreakdown())
                .isEqualTo(expected.get("no_breakdown").longValue());
        assertThat(counters.usable()).isEqualTo(expected.get("valid").longValue());
    }

    private static void assertModels(List<ModelReport> models, JsonNode expected) {
        assertThat(models).hasSize(expected.size());
        for (ModelReport report : models) {
            JsonNode model = expected.get(report.model());
            assertStats(report.figures().stats(), model.get("stats"));
            Map<String, Integer> invalid = new LinkedHashMap<>();
            report.figures().faults().forEach((fault, count) -> invalid.put(fault.name(), count));
            Map<String, Integer> expectedInvalid = new LinkedHashMap<>();
            model.get("invalid")
                    .properties()
                    .forEach(e -> expectedInvalid.put(e.getKey(), e.getValue().intValue()));
            assertThat(invalid).isEqualTo(expectedInvalid);
            TreeSet<String> rules = new TreeSet<>();
            for (Violation violation : report.violations()) {
                rules.add(violation.reason().substring(report.model().length() + 1));
            }
            assertThat(rules).isEqualTo(texts(model.get("violations")));
        }
    }

    private static void assertStats(Optional<ModelStats> actual, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(actual).isEmpty();
            return;
        }
        ModelStats stats = actual.orElseThrow();
        assertThat(stats.n()).isEqualTo(expected.get("n").intValue());
        for (Action action : Action.values()) {
            assertThat(stats.count(action))
                    .isEqualTo(expected.get("actions").get(action.name()).intValue());
        }
        assertThat(stats.mean()).isCloseTo(expected.get("mean").doubleValue(), EXACTLY);
        assertThat(stats.std()).isCloseTo(expected.get("std").doubleValue(), EXACTLY);
        assertThat(stats.p10()).isCloseTo(expected.get("p10").doubleValue(), EXACTLY);
        assertThat(stats.p90()).isCloseTo(expected.get("p90").doubleValue(), EXACTLY);
        assertThat(stats.range()).isCloseTo(expected.get("range").doubleValue(), EXACTLY);
        assertThat(stats.normalised()).isEqualTo(expected.get("normalised").intValue());
    }

    private static void assertEnsemble(Optional<Ensemble> actual, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(actual).isEmpty();
            return;
        }
        Ensemble ensemble = actual.orElseThrow();
        assertThat(ensemble.events()).isEqualTo(expected.get("events").intValue());
        assertThat(ensemble.agreementPercent())
                .isCloseTo(expected.get("agreement_pct").doubleValue(), EXACTLY);
        assertThat(ensemble.hardDisagreePercent())
                .isCloseTo(expected.get("hard_disagree_pct").doubleValue(), EXACTLY);
    }

    private static Set<String> reasons(List<Violation> violations) {
        TreeSet<String> reasons = new TreeSet<>();
        violations.forEach(violation -> reasons.add(violation.reason()));
        return reasons;
    }

    private static Set<String> texts(JsonNode list) {
        TreeSet<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
