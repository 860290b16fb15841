package dev.qsc.quality;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The gate's verdict and what it rests on.
 *
 * @param counters entries of the window by what they were
 * @param models the judged models, in order of appearance
 * @param ensemble how all models vote together; empty when no event has enough voters
 * @param streamViolations rules about the window as a whole
 * @param ensembleViolations ensemble rules that do not hold, however few events they rest on; they do not fail the gate
 * @param minSamples the minimum that was asked for
 */
public record GateResult(
        Counters counters,
        List<ModelReport> models,
        Optional<Ensemble> ensemble,
        List<Violation> streamViolations,
        List<Violation> ensembleViolations,
        int minSamples) {
    /** What follows from the verdict for a rollout that waits at the gate. */
    public enum Outcome {
        /** Every rule holds. */
        PASSED,
        /** What is missing may still come: events, samples, the canary. */
        WAITING,
        /** A rule does not hold on enough evidence; waiting does not help. */
        BLOCKED
    }

    /** Whether every rule holds. */
    public boolean passed() {
        return violations().isEmpty();
    }

    /** Every rule that does not hold: about the window first, then model by model. */
    public List<Violation> violations() {
        return Stream.concat(streamViolations.stream(), models.stream().flatMap(model -> model.violations().stream()))
                .toList();
    }

    /**
     * The violations that waiting does not cure: an invalid prediction at any count, a rule on the shape of predictions
     * only of a model that has its samples.
     */
    public List<Violation> decisiveViolations() {
        return models.stream()
                .flatMap(model -> model.violations().stream()
                        .filter(violation -> violation.rule() == Rule.INVALID_PREDICTIONS
                                || (!violation.rule().keepsWaiting()
                                        && model.figures().valid() >= minSamples)))
                .toList();
    }

    /** What follows from the verdict. */
    public Outcome outcome() {
        if (passed()) {
            return Outcome.PASSED;
        }
        return decisiveViolations().isEmpty() ? Outcome.WAITING : Outcome.BLOCKED;
    }

    /**
     * The ensemble rules that the monitor's first check would find violated: activation would be undone at once. Empty
     * when the monitor would skip them for lack of events.
     */
    public List<Violation> monitorWouldFail() {
        boolean isEnough =
                ensemble.filter(figures -> figures.events() >= minSamples).isPresent();
        return isEnough ? ensembleViolations : List.of();
    }
}
