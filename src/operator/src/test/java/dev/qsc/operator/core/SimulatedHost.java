package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A host as its agent shows it: idempotent, fenced, with a guard that goes home when the lease ends. */
final class SimulatedHost {
    static final String BASELINE = "a".repeat(64);

    private final String name;
    boolean isReachable = true;
    /** The canary does not get active by itself. */
    boolean isSlow;
    /** The engine crashes with the canary's weights. */
    boolean crashes;
    /** A rollback is not proved. */
    boolean isStuck;

    Problem refusesPut;
    /** Its ledger cannot be written. */
    boolean hasFullDisk;

    String activeState = "active";
    int starts = 1;
    String baseline = BASELINE;
    Map<String, BigDecimal> weights =
            Map.of("xgb", new BigDecimal("0.25"), "lgbm", new BigDecimal("0.25"), "nhits", new BigDecimal("0.5"));
    CanaryState state = CanaryState.Idle;
    String message = "";
    UnitState.Canary canary;
    private Operation operation;
    private Epoch epoch;
    private long tombstone;
    private long deadline;

    SimulatedHost(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void tick(Instant now) {
        if (canary != null && now.toEpochMilli() > deadline) {
            goHome("the lease lapsed");
        }
    }

    Answer<UnitState> look(Instant now) {
        return isReachable ? new Answer.Done<>(unit(now)) : new Answer.Unreachable<>("nothing accepts connections");
    }

    Answer<?> take(HostCommand command, Instant now) {
        if (!isReachable) {
            return Scene.unreachable();
        }
        return switch (command) {
            case HostCommand.Put put -> put(put.request(), now);
            case HostCommand.Renew renew -> {
                boolean isCurrent = canary != null
                        && canary.operation().id().equals(renew.request().operationId());
                if (isCurrent) {
                    deadline = renew.request().deadline();
                }
                yield isCurrent ? new Answer.Done<>(clock(now)) : refused(Problem.Kind.CONFLICT);
            }
            case HostCommand.RollBack back -> {
                tombstone = Math.max(tombstone, back.request().operation().sequence());
                operation = back.request().operation();
                goHome(back.request().trigger());
                yield new Answer.Done<>(unit(now));
            }
            case HostCommand.Promote promote -> {
                if (!promote.request().operation().equals(operation)) {
                    operation = promote.request().operation();
                    starts++;
                }
                baseline = promote.request().digest();
                deadline = promote.request().leaseDeadline();
                state = CanaryState.Promoted;
                yield new Answer.Done<>(unit(now));
            }
            case HostCommand.Confirm confirm -> {
                canary = null;
                yield new Answer.Done<>(unit(now));
            }
            case HostCommand.Conclude conclude ->
                hasFullDisk ? refused(Problem.Kind.CONFLICT) : new Answer.Done<>(unit(now));
        };
    }

    private Answer<?> put(CanaryRequest request, Instant now) {
        if (refusesPut != null) {
            return new Answer.Refused<>(refusesPut);
        }
        if (request.operation().sequence() <= tombstone) {
            return refused(Problem.Kind.TOMBSTONED);
        }
        if (!request.operation().equals(operation)) {
            operation = request.operation();
            epoch = request.epoch();
            deadline = request.leaseDeadline();
            starts++;
            canary = new UnitState.Canary(
                    request.rollout(),
                    request.operation(),
                    request.epoch(),
                    request.step(),
                    request.model(),
                    request.percent(),
                    request.weights().digest(),
                    baseline,
                    deadline,
                    now,
                    invocation());
            state = isSlow ? CanaryState.Applying : CanaryState.Active;
            if (crashes) {
                goHome("the engine crashed while it was watched: Result=exit-code");
            }
        }
        return new Answer.Done<>(unit(now));
    }

    void becomeActive() {
        isSlow = false;
        state = CanaryState.Active;
    }

    void goHome(String why) {
        if (isStuck) {
            state = CanaryState.RollingBack;
            return;
        }
        if (canary != null) {
            starts++;
            baseline = canary.oldDigest();
        }
        canary = null;
        state = CanaryState.Home;
        message = why;
    }

    void occupy(RolloutRef other) {
        canary = new UnitState.Canary(
                other,
                new Operation("other-1", 1),
                new Epoch(1, "other"),
                0,
                "x",
                10,
                BASELINE,
                BASELINE,
                Long.MAX_VALUE,
                null,
                null);
        deadline = Long.MAX_VALUE;
    }

    void knowsEpoch(long number, String holder) {
        epoch = new Epoch(number, holder);
    }

    private UnitState unit(Instant now) {
        UnitState.OperationRef ref =
                operation == null ? null : new UnitState.OperationRef(Scene.UID, operation.id(), operation.sequence());
        boolean isKnown = operation != null || epoch != null || tombstone > 0;
        UnitState.Fence fence = new UnitState.Fence(
                Scene.UID, epoch == null ? new Epoch(1, "leader-1") : epoch, tombstone, ref, state, message);
        return new UnitState(
                "quantum-ai_engine.service",
                state,
                message,
                ref,
                new UnitState.Engine(activeState, "running", Scene.START.minusSeconds(3600), invocation(), 0, null),
                new UnitState.Baseline(baseline, weights),
                canary,
                isKnown ? List.of(fence) : List.of(),
                new UnitState.Limits(
                        Duration.ofMinutes(10).toMillis(), Duration.ofDays(2).toMillis(), 2000),
                clock(now));
    }

    String invocation() {
        return "invocation-" + starts;
    }

    private static HostClock clock(Instant now) {
        return new HostClock(now.toEpochMilli(), now);
    }

    private static Answer<?> refused(Problem.Kind kind) {
        return new Answer.Refused<>(kind.detail("simulated"));
    }
}
