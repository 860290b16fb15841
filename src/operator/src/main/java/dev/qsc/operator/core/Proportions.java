package dev.qsc.operator.core;

import java.math.BigDecimal;
import java.util.Map;

/** Weights of any scale, compared by their proportions. */
final class Proportions {
    private Proportions() {}

    /**
     * Whether two sets of weights name the same models in the same proportions; a weight of zero still names its model.
     */
    static boolean areEqual(Map<String, BigDecimal> a, Map<String, BigDecimal> b) {
        if (!a.keySet().equals(b.keySet())) {
            return false;
        }
        BigDecimal sumA = sum(a);
        BigDecimal sumB = sum(b);
        return a.keySet().stream()
                .allMatch(model ->
                        a.get(model).multiply(sumB).compareTo(b.get(model).multiply(sumA)) == 0);
    }

    static BigDecimal sum(Map<String, BigDecimal> weights) {
        return weights.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
