package dev.qsc.operator.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.Weights;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Canary weights")
class CanaryWeightsTest {
    @Test
    @DisplayName("give a shadow model its percent and the others the rest in their proportions")
    void shadowModel() {
        Weights weights = CanaryWeights.of(weights("xgb", "0.25", "lgbm", "0.25", "nhits", "0.5"), "patchtst", 10);

        assertThat(weights.canonicalJson())
                .isEqualTo("{\"lgbm\":0.225000,\"nhits\":0.450000,\"patchtst\":0.100000,\"xgb\":0.225000}\n");
    }

    @Test
    @DisplayName("take a model that is in the baseline out of the proportions of the rest")
    void knownModel() {
        Weights weights = CanaryWeights.of(weights("a", "0.2", "b", "0.2", "c", "0.6"), "c", 50);

        assertThat(weights.shares())
                .isEqualTo(Map.of("a", dec("0.250000"), "b", dec("0.250000"), "c", dec("0.500000")));
    }

    @Test
    @DisplayName("give the millionths left over to the largest remainders, then by name")
    void remainders() {
        Weights weights = CanaryWeights.of(weights("a", "1", "b", "1", "c", "1"), "d", 1);

        assertThat(weights.shares())
                .isEqualTo(
                        Map.of("a", dec("0.330000"), "b", dec("0.330000"), "c", dec("0.330000"), "d", dec("0.010000")));
        assertThat(CanaryWeights.of(weights("a", "1", "b", "1", "c", "1"), "d", 50)
                        .shares())
                .isEqualTo(
                        Map.of("a", dec("0.166667"), "b", dec("0.166667"), "c", dec("0.166666"), "d", dec("0.500000")));
    }

    @Test
    @DisplayName("are refused when nobody could take the rest")
    void nobody() {
        assertThatThrownBy(() -> CanaryWeights.of(weights("d", "1"), "d", 10))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("nobody could take the rest");
        assertThatThrownBy(() -> CanaryWeights.of(weights("a", "0", "d", "1"), "d", 10))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Property(tries = 500)
    @Label("always sum to exactly 1, with the canary at exactly its percent")
    void sum(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 1_000_000) Integer> parts,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        Map<String, BigDecimal> baseline = new TreeMap<>();
        for (int i = 0; i < parts.size(); i++) {
            baseline.put("model" + i, BigDecimal.valueOf(parts.get(i)));
        }

        Weights weights = CanaryWeights.of(baseline, "canary", percent);

        assertThat(weights.shares().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo("1");
        assertThat(weights.shares().get("canary")).isEqualByComparingTo(BigDecimal.valueOf(percent, 2));
    }

    private static Map<String, BigDecimal> weights(String... pairs) {
        Map<String, BigDecimal> result = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            result.put(pairs[i], dec(pairs[i + 1]));
        }
        return result;
    }

    private static BigDecimal dec(String value) {
        return new BigDecimal(value);
    }
}
