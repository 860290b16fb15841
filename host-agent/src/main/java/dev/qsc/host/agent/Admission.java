package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState.Fence;
import java.util.Optional;

/**
 * Which commands the agent passes on to root. Root's helpers check the same again with their own record in hand and
 * have the last word; this is the early and polite answer.
 */
final class Admission {
    /** What becomes of a command. */
    sealed interface Verdict {
        /** To be carried out. */
        record Admitted() implements Verdict {}

        /** Was carried out, or is being: answered with the live state. */
        record Repeated() implements Verdict {}

        /** Not to be carried out. */
        record Refused(Problem problem) implements Verdict {}
    }

    private static final Verdict ADMITTED = new Verdict.Admitted();
    private static final Verdict REPEATED = new Verdict.Repeated();

    private Admission() {}

    /** A canary: for nobody else's unit, from the leader, never twice, never out of order, from this baseline. */
    static Verdict canary(Snapshot host, CanaryRequest request) {
        String uid = request.rollout().uid();
        return occupied(host, request.rollout())
                .or(() -> fenced(host, uid, request.epoch()))
                .or(() -> tombstoned(host, uid, request.operation()))
                .or(() -> repeated(host, uid, request.operation()))
                .or(() -> outOfOrder(host, uid, request.operation()))
                .or(() -> lease(host, request.leaseDeadline()))
                .or(() -> otherBaseline(host, request.baselineDigest()))
                .or(() -> conflict(
                        host.armed()
                                .filter(armed -> armed.stage().compareTo(Armed.Stage.promoting) >= 0)
                                .isPresent(),
                        "the canary is being promoted: a step can only follow a canary"))
                .or(() -> conflict(host.goesHome(), "the engine is on its way home"))
                .orElse(ADMITTED);
    }

    /** A renewal: of the very canary that is armed and still allowed to be here. */
    static Verdict renewal(Snapshot host, LeaseRenewal request) {
        String uid = request.rollout().uid();
        return fenced(host, uid, request.epoch())
                .or(() -> notArmed(host, request.rollout(), request.operationId()))
                .or(() -> conflict(
                        host.goesHome(), "the lease has lapsed or a rollback was asked for: the engine goes home"))
                .or(() -> lease(host, request.deadline()))
                .orElse(ADMITTED);
    }

    /** A promotion: of a canary that was seen active, to its own weights. */
    static Verdict promotion(Snapshot host, PromoteRequest request) {
        String uid = request.rollout().uid();
        return occupied(host, request.rollout())
                .or(() -> fenced(host, uid, request.epoch()))
                .or(() -> tombstoned(host, uid, request.operation()))
                .or(() -> repeated(host, uid, request.operation()))
                .or(() -> outOfOrder(host, uid, request.operation()))
                .or(() -> conflict(host.armed().isEmpty(), "no canary of " + request.rollout() + " is here to promote"))
                .or(() -> conflict(host.goesHome(), "the engine is on its way home"))
                .or(() -> conflict(
                        host.armed()
                                .filter(armed -> armed.digest().equals(request.digest()))
                                .isEmpty(),
                        "the canary here has other weights than " + request.digest()))
                .or(() -> conflict(!isActive(host), "the canary is not proved to be active"))
                .or(() -> lease(host, request.leaseDeadline()))
                .orElse(ADMITTED);
    }

    /** A confirmation: of the promotion that is complete here. */
    static Verdict confirmation(Snapshot host, ConfirmRequest request) {
        String uid = request.rollout().uid();
        return occupied(host, request.rollout())
                .or(() -> fenced(host, uid, request.epoch()))
                .or(() -> host.armed().isEmpty() && endedAs(host, uid, request.operation(), CanaryState.Promoted)
                        ? Optional.of(REPEATED)
                        : Optional.empty())
                .or(() -> notArmed(host, request.rollout(), request.operation().id()))
                .or(() -> conflict(host.goesHome(), "the engine is on its way home"))
                .or(() -> conflict(
                        host.armed()
                                .filter(armed -> armed.stage().compareTo(Armed.Stage.promoted) >= 0)
                                .isEmpty(),
                        "the promotion is not complete on this host"))
                .orElse(ADMITTED);
    }

    /** The end of a watch: over the canary that is here. */
    static Verdict completion(Snapshot host, MonitoringCompleted request) {
        return notArmed(host, request.rollout(), request.operation().id()).orElse(ADMITTED);
    }

    /** Whether a renewal brings a leader that root has not recorded yet. */
    static boolean bringsNewLeader(Snapshot host, String uid, Epoch epoch) {
        return host.fences()
                .of(uid)
                .filter(fence -> epoch.equals(fence.epoch()))
                .isEmpty();
    }

    /** Whether root has taken a rollback: all is buried, and what the rollout has here goes home or is gone. */
    static boolean isTaken(Snapshot host, RolloutRef rollout, Operation rollback) {
        return host.armed()
                        .filter(armed -> armed.rollout().uid().equals(rollout.uid()))
                        .filter(armed -> !host.goesHome())
                        .isEmpty()
                && isBuried(host, rollout, rollback);
    }

    /** Whether root has buried everything up to a rollback. */
    static boolean isBuried(Snapshot host, RolloutRef rollout, Operation rollback) {
        return tombstone(host, rollout.uid()) >= rollback.sequence();
    }

    private static long tombstone(Snapshot host, String uid) {
        return host.fences().of(uid).map(Fence::tombstone).orElse(0L);
    }

    private static Optional<Verdict> occupied(Snapshot host, RolloutRef rollout) {
        return host.armed()
                .filter(armed -> !armed.rollout().uid().equals(rollout.uid()))
                .map(armed -> refused(
                        Problem.Kind.OCCUPIED,
                        "the canary of " + armed.rollout() + " is on " + host.unit() + ": wait until it is home"));
    }

    private static Optional<Verdict> fenced(Snapshot host, String uid, Epoch epoch) {
        return host.fences()
                .of(uid)
                .map(Fence::epoch)
                .filter(known -> known.number() > epoch.number()
                        || (known.number() == epoch.number() && !known.holder().equals(epoch.holder())))
                .map(known -> refused(
                        Problem.Kind.FENCED,
                        "epoch " + known.number() + " of " + known.holder() + " leads here; " + epoch.number() + " of "
                                + epoch.holder() + " does not"));
    }

    private static Optional<Verdict> tombstoned(Snapshot host, String uid, Operation operation) {
        long tombstone = tombstone(host, uid);
        return Optional.of(refused(
                        Problem.Kind.TOMBSTONED,
                        "operations up to " + tombstone + " were rolled back here, and this is "
                                + operation.sequence()))
                .filter(refusal -> operation.sequence() <= tombstone);
    }

    private static Optional<Verdict> repeated(Snapshot host, String uid, Operation operation) {
        boolean armed = host.armed()
                .filter(record -> record.rollout().uid().equals(uid))
                .filter(record -> record.operation().id().equals(operation.id()))
                .isPresent();
        boolean ended = host.fences()
                .of(uid)
                .map(Fence::operation)
                .filter(last -> last.id().equals(operation.id()))
                .isPresent();
        return armed || ended ? Optional.of(REPEATED) : Optional.empty();
    }

    private static Optional<Verdict> outOfOrder(Snapshot host, String uid, Operation operation) {
        return host.fences()
                .of(uid)
                .map(Fence::operation)
                .filter(last -> last.sequence() >= operation.sequence())
                .map(last -> refused(
                        Problem.Kind.TOMBSTONED,
                        "operation " + last.sequence() + " came before " + operation.sequence()));
    }

    private static Optional<Verdict> otherBaseline(Snapshot host, String digest) {
        String own = host.armed()
                .map(Armed::oldDigest)
                .orElse(host.baseline() == null ? "" : host.baseline().digest());
        return conflict(own.isEmpty(), host.unit() + " has no baseline here: enrol it")
                .or(() -> conflict(
                        !own.equals(digest),
                        "the baseline here is " + own + ", and the weights were computed from " + digest));
    }

    private static Optional<Verdict> notArmed(Snapshot host, RolloutRef rollout, String operation) {
        return conflict(
                host.armed()
                        .filter(armed -> armed.rollout().uid().equals(rollout.uid()))
                        .filter(armed -> armed.operation().id().equals(operation))
                        .isEmpty(),
                "operation " + operation + " of " + rollout + " is not on " + host.unit());
    }

    /** A lease must end in the future, and no further than root allows: both by the host's own clock. */
    private static Optional<Verdict> lease(Snapshot host, long deadline) {
        if (host.limits() == null) {
            return conflict(true, host.unit() + " is no longer listed in units.d");
        }
        long ahead = deadline - host.clock().boot();
        long most = host.limits().maxLeaseMillis();
        return ahead <= most
                ? conflict(ahead <= 0, "the lease ended " + -ahead + " ms ago by this host's clock")
                : Optional.of(refused(
                        Problem.Kind.INVALID_REQUEST,
                        "the lease reaches " + ahead + " ms ahead, and max_lease in units.d allows " + most
                                + ": ask for less, or raise it there"));
    }

    private static boolean isActive(Snapshot host) {
        return host.armed()
                .filter(armed -> armed.stage() == Armed.Stage.active)
                .flatMap(armed -> host.observed()
                        .filter(seen ->
                                seen.operation().equals(armed.operation().id())))
                .filter(seen -> seen.state() == CanaryState.Active)
                .isPresent();
    }

    private static boolean endedAs(Snapshot host, String uid, Operation operation, CanaryState state) {
        return host.fences()
                .of(uid)
                .filter(fence -> fence.state() == state)
                .map(Fence::operation)
                .filter(last -> last.id().equals(operation.id()))
                .isPresent();
    }

    private static Optional<Verdict> conflict(boolean holds, String detail) {
        return holds ? Optional.of(refused(Problem.Kind.CONFLICT, detail)) : Optional.empty();
    }

    private static Verdict refused(Problem.Kind kind, String detail) {
        return new Verdict.Refused(kind.detail(detail));
    }
}
