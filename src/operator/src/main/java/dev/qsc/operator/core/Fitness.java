package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.Weights;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.Durations;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether hosts and their baseline can take the canary that a spec asks for. */
final class Fitness {
    /** What is wrong. */
    record Fault(Reason reason, String message) {}

    private Fitness() {}

    /** Why a host cannot take a canary now; time or a person may change that. */
    static Optional<Fault> ofHosts(List<HostObservation> hosts, Plan plan) {
        return hosts.stream().flatMap(host -> ofHost(host, plan).stream()).findFirst();
    }

    private static Optional<Fault> ofHost(HostObservation host, Plan plan) {
        if (!(host.unit() instanceof Answer.Done<UnitState>(UnitState unit))) {
            return Optional.of(new Fault(Reason.HostNotReady, "Host " + host.name() + ": " + Words.whyUnseen(host)));
        }
        return Optional.ofNullable(ofUnit(unit, plan))
                .map(why -> new Fault(Reason.UnitNotReady, unit.unit() + " on host " + host.name() + ": " + why));
    }

    private static String ofUnit(UnitState unit, Plan plan) {
        if (unit.canary() != null) {
            return "it has a canary of " + unit.canary().rollout() + "; this one waits until that is over";
        }
        if (unit.state() == CanaryState.Unverifiable || unit.state() == CanaryState.RollingBack) {
            return "it is " + unit.state() + ": " + unit.message();
        }
        if (unit.baseline() == null) {
            return "the host has no baseline weights for it; enrol the unit again with its baseline file";
        }
        if (!"active".equals(unit.engine().activeState())) {
            return "it is " + unit.engine().activeState() + ", not active; start it";
        }
        return plan.lease().toMillis() > unit.limits().maxLeaseMillis()
                ? tooLong(
                        "rollback.leaseDuration is", plan.lease(), unit.limits().maxLeaseMillis(), "max_lease")
                : plan.monitoring().toMillis() > unit.limits().maxTotalMillis()
                        ? tooLong(
                                "the steps take",
                                plan.monitoring(),
                                unit.limits().maxTotalMillis(),
                                "max_total")
                        : null;
    }

    private static String tooLong(String what, Duration asked, long allowedMillis, String limit) {
        return "%s %s, but the host allows at most %s; shorten it, or raise %s on the host"
                .formatted(what, Durations.format(asked), Durations.format(Duration.ofMillis(allowedMillis)), limit);
    }

    /** Why no canary can be made from the hosts' baseline; final for this spec. The hosts are fit. */
    static Optional<Fault> ofBaseline(List<UnitState> units, Plan plan) {
        List<UnitState.Baseline> baselines =
                units.stream().map(UnitState::baseline).distinct().toList();
        if (baselines.size() > 1) {
            return Optional.of(
                    new Fault(Reason.BaselineMismatch, "The hosts have different baselines; give them the same one"));
        }
        Map<String, BigDecimal> actual = baselines.getFirst().weights();
        CanaryRolloutSpec.Baseline asserted = plan.spec().baseline();
        if (asserted != null
                && asserted.weights() != null
                && !Proportions.areEqual(Plan.decimals(asserted.weights()), actual)) {
            return Optional.of(new Fault(
                    Reason.BaselineMismatch,
                    "The spec asserts the baseline %s, but the hosts have %s; correct one of the two"
                            .formatted(asserted.weights(), new TreeMap<>(actual))));
        }
        try {
            weights(actual, plan);
            return Optional.empty();
        } catch (InvalidRequestException e) {
            return Optional.of(
                    new Fault(Reason.InvalidWeights, "No canary weights can be computed: " + e.getMessage()));
        }
    }

    /**
     * What the engines are to run.
     *
     * @throws InvalidRequestException when nobody could take the rest, or a name is not allowed on a host
     */
    static Weights weights(Map<String, BigDecimal> baseline, Plan plan) {
        return CanaryWeights.of(
                plan.proportions(baseline), plan.spec().model(), plan.step().weight());
    }
}
