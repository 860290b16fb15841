package dev.qsc.operator.core;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.GateEvidence;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import java.time.Duration;
import java.util.List;

/** What is said to the hosts, written from the status in the making. */
record Requests(RolloutRef ref, Plan plan, Draft draft) {

    HostCommand put(String host, UnitState unit) {
        var canary = draft.canary;
        return new HostCommand.Put(
                host,
                new CanaryRequest(
                        ref,
                        draft.attemptId,
                        operation(),
                        epoch(),
                        canary.step(),
                        canary.model(),
                        canary.percent(),
                        Reports.weights(canary.weightsAfter()),
                        canary.digestBefore(),
                        deadline(unit),
                        plan.startTimeout(),
                        new GateEvidence(
                                draft.gate.events(), draft.cutover, draft.gate.judgedAt(), plan.monitoring())));
    }

    /** For whatever operation the host has armed. */
    HostCommand renew(String host, UnitState unit) {
        return new HostCommand.Renew(
                host, new LeaseRenewal(ref, unit.canary().operation().id(), epoch(), deadline(unit)));
    }

    HostCommand rollBack(String host, List<String> violations) {
        return new HostCommand.RollBack(
                host, new RollbackRequest(ref, operation(), draft.rollback.trigger(), violations));
    }

    HostCommand promote(String host, UnitState unit) {
        return new HostCommand.Promote(
                host, new PromoteRequest(ref, operation(), epoch(), draft.canary.digestAfter(), deadline(unit)));
    }

    HostCommand confirm(String host) {
        return new HostCommand.Confirm(host, new ConfirmRequest(ref, operation(), epoch()));
    }

    HostCommand conclude(String host) {
        var canary = draft.canary;
        return new HostCommand.Conclude(
                host,
                new MonitoringCompleted(
                        ref,
                        operation(),
                        Duration.between(canary.verifiedAt(), canary.completedAt()),
                        Math.toIntExact(canary.slots().judged())));
    }

    private Operation operation() {
        return new Operation(draft.operation.id(), draft.operation.sequence());
    }

    private Epoch epoch() {
        return new Epoch(draft.epoch.number(), draft.epoch.holder());
    }

    private long deadline(UnitState unit) {
        return unit.clock().boot() + plan.lease().toMillis();
    }
}
