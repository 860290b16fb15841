package dev.qsc.operator.core;

import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;

/** A status in the making: starts as the stored one, and is frozen once when the decision is made. */
final class Draft {
    Phase phase;
    List<Condition> conditions;
    String specHash;
    Long attempt;
    String attemptId;
    long sequence;
    CanaryRolloutStatus.Operation operation;
    CanaryRolloutStatus.Epoch epoch;
    Instant cutover;
    CanaryRolloutSpec.Thresholds thresholds;
    CanaryRolloutStatus.Gate gate;
    CanaryRolloutStatus.Canary canary;
    List<CanaryRolloutStatus.Host> hosts;
    List<CanaryRolloutStatus.Violation> violations;
    CanaryRolloutStatus.Rollback rollback;
    List<CanaryRolloutStatus.Attempt> history;
    String lastHandledPromote;
    String lastHandledRetry;
    String lastHandledRollback;

    private Draft() {}

    static Draft of(CanaryRolloutStatus stored) {
        Draft draft = new Draft();
        if (stored == null) {
            draft.conditions = List.of();
            draft.hosts = List.of();
            draft.violations = List.of();
            draft.history = List.of();
            return draft;
        }
        draft.phase = stored.phase();
        draft.conditions = orEmpty(stored.conditions());
        draft.specHash = stored.specHash();
        draft.attempt = stored.attempt();
        draft.attemptId = stored.attemptId();
        draft.sequence = stored.sequence() == null ? 0 : stored.sequence();
        draft.operation = stored.operation();
        draft.epoch = stored.epoch();
        draft.cutover = stored.cutover();
        draft.thresholds = stored.thresholds();
        draft.gate = stored.gate();
        draft.canary = stored.canary();
        draft.hosts = orEmpty(stored.hosts());
        draft.violations = orEmpty(stored.violations());
        draft.rollback = stored.rollback();
        draft.history = orEmpty(stored.history());
        draft.lastHandledPromote = stored.lastHandledPromote();
        draft.lastHandledRetry = stored.lastHandledRetry();
        draft.lastHandledRollback = stored.lastHandledRollback();
        return draft;
    }

    /** Forgets everything that belongs to an attempt; commands that were answered, history and fencing stay. */
    void forgetAttempt() {
        operation = null;
        cutover = null;
        thresholds = null;
        gate = null;
        canary = null;
        hosts = List.of();
        violations = List.of();
        rollback = null;
    }

    CanaryRolloutStatus freeze(Long observedGeneration, CanaryRolloutStatus.Display display) {
        return new CanaryRolloutStatus(
                observedGeneration,
                phase,
                conditions,
                specHash,
                attempt,
                attemptId,
                sequence,
                operation,
                epoch,
                cutover,
                thresholds,
                gate,
                canary,
                hosts,
                violations,
                rollback,
                history,
                lastHandledPromote,
                lastHandledRetry,
                lastHandledRollback,
                display);
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
