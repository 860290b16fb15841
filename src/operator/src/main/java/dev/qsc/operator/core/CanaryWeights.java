package dev.qsc.operator.core;

import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.Weights;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Computes what the engine runs during a step: the canary gets exactly its percent, the other models share the rest in
 * the proportions they have without it.
 *
 * <p>Shares are whole millionths that sum to exactly 1: each model gets its share rounded down, and the millionths left
 * over go to the largest remainders, ties by the order of names.
 */
final class CanaryWeights {
    private static final int MILLION = 1_000_000;

    private CanaryWeights() {}

    /**
     * @param proportions the other models' proportions: the baseline, or what the step says; positive numbers of any
     *     scale. The canary's own entry, if any, is passed over
     * @param canary the model to canary; one that the baseline does not know is added
     * @param percent its share, 1 to 100
     * @throws InvalidRequestException when no other model could take the rest, or a name is not allowed on a host
     */
    static Weights of(Map<String, BigDecimal> proportions, String canary, int percent) {
        SortedMap<String, BigDecimal> others = new TreeMap<>(Weights.BY_CODE_POINT);
        others.putAll(proportions);
        others.remove(canary);
        BigDecimal sum = others.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        if (sum.signum() <= 0 || others.values().stream().anyMatch(w -> w.signum() < 0)) {
            throw new InvalidRequestException(
                    "the weights without " + canary
                            + " give no other model a positive share, so nobody could take the rest; add another model to the baseline");
        }
        int canaryMillionths = percent * (MILLION / 100);
        SortedMap<String, BigDecimal> shares = new TreeMap<>(Weights.BY_CODE_POINT);
        apportion(others, sum, MILLION - canaryMillionths)
                .forEach((model, millionths) -> shares.put(model, BigDecimal.valueOf(millionths, 6)));
        shares.put(canary, BigDecimal.valueOf(canaryMillionths, 6));
        return new Weights(shares);
    }

    private record Part(String model, int whole, BigDecimal remainder) {}

    private static Map<String, Integer> apportion(Map<String, BigDecimal> others, BigDecimal sum, int millionths) {
        List<Part> parts = new ArrayList<>();
        int left = millionths;
        for (var other : others.entrySet()) {
            BigDecimal[] quotient =
                    other.getValue().multiply(BigDecimal.valueOf(millionths)).divideAndRemainder(sum);
            int whole = quotient[0].intValueExact();
            parts.add(new Part(other.getKey(), whole, quotient[1]));
            left -= whole;
        }
        parts.sort(Comparator.comparing(Part::remainder).reversed().thenComparing(Part::model, Weights.BY_CODE_POINT));
        SortedMap<String, Integer> result = new TreeMap<>(Weights.BY_CODE_POINT);
        for (Part part : parts) {
            int extra = left > 0 ? 1 : 0;
            left -= extra;
            result.put(part.model(), part.whole() + extra);
        }
        return result;
    }
}
