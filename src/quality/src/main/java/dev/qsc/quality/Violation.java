package dev.qsc.quality;

import java.util.Optional;

/**
 * One rule that does not hold.
 *
 * @param model the model it is about; empty for a rule about the stream, the ensemble or a host
 * @param action the action that collapsed; only of {@link Rule#ACTION_COLLAPSE}
 * @param figure what was seen, for people: {@code HOLD=78.3%}
 * @param threshold what would have been in order, for people: {@code >70%} means that more than 70 % is a violation;
 *     may be the empty string
 */
public record Violation(Rule rule, Optional<String> model, Optional<Action> action, String figure, String threshold) {
    /** A violation that is not about a model. */
    public static Violation of(Rule rule, String figure, String threshold) {
        return new Violation(rule, Optional.empty(), Optional.empty(), figure, threshold);
    }

    /** A violation of one model. */
    public static Violation of(Rule rule, String model, String figure, String threshold) {
        return new Violation(rule, Optional.of(model), Optional.empty(), figure, threshold);
    }

    /**
     * The violation for machines: {@code RULE}, {@code model:RULE}, {@code model:ACTION_COLLAPSE:HOLD},
     * {@code CANARY_ABSENT:model}.
     */
    public String reason() {
        String name = rule.name() + action.map(a -> ":" + a).orElse("");
        if (model.isEmpty()) {
            return name;
        }
        return rule == Rule.CANARY_ABSENT ? name + ":" + model.get() : model.get() + ":" + name;
    }

    /** The violation for people, without its model: {@code Action collapse: HOLD=78.3% (>70%)}. */
    public String message() {
        return rule.title() + ": " + figure + (threshold.isEmpty() ? "" : " (" + threshold + ")");
    }

    @Override
    public String toString() {
        return reason() + " " + message();
    }
}
