package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.CanaryRolloutStatus;
import java.util.Optional;

/** Where a host stands with an operation of ours, told by what the host itself says. */
enum Stand {
    /** Its agent did not answer. */
    Unseen,
    /** It never heard of the operation. */
    Untouched,
    /** Another rollout has a canary there. */
    Occupied,
    /** It works on the operation. */
    Underway,
    /** It was proved to be where the operation wanted it. */
    There,
    /** It refused the operation, and its engine was not touched. */
    Refused,
    /** It went home, or cannot prove where it is. */
    Lost;

    static Stand of(HostObservation host, String uid, CanaryRolloutStatus.Operation operation) {
        if (!(host.unit() instanceof Answer.Done<UnitState>(UnitState unit))) {
            return Unseen;
        }
        if (unit.canary() != null && !unit.canary().rollout().uid().equals(uid)) {
            return Occupied;
        }
        Optional<UnitState.Fence> fence = fence(unit, uid);
        if (fence.filter(f -> f.tombstone() >= operation.sequence()).isPresent()) {
            return Lost;
        }
        if (unit.operation() != null && operation.id().equals(unit.operation().id())) {
            return of(unit.state());
        }
        return fence.filter(f -> f.operation() != null
                        && operation.id().equals(f.operation().id()))
                .map(f -> of(f.state()))
                .orElse(Untouched);
    }

    /** What the host remembers of a rollout. */
    static Optional<UnitState.Fence> fence(UnitState unit, String uid) {
        return unit.fences().stream().filter(f -> f.rolloutUid().equals(uid)).findFirst();
    }

    private static Stand of(CanaryState state) {
        return switch (state) {
            case Arming, Applying, Promoting -> Underway;
            case Active, Promoted -> There;
            case Failed -> Refused;
            case Idle, RollingBack, Home, Unverifiable -> Lost;
        };
    }
}
