package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything a decision rests on.
 *
 * @param rollout spec, status, annotations and deletion as the API server has them
 * @param hosts the hosts of the spec, in its order
 * @param judge what the background judge found
 * @param memory what this process remembers of the watch; null after a restart
 * @param holder this leader's identity
 * @param now the operator's clock
 */
public record Observation(
        CanaryRollout rollout,
        List<HostObservation> hosts,
        JudgeView judge,
        Memory memory,
        String holder,
        Instant now) {
    public Observation {
        hosts = List.copyOf(hosts);
    }

    private ObjectMeta meta() {
        return rollout.getMetadata();
    }

    RolloutRef ref() {
        return new RolloutRef(meta().getNamespace(), meta().getName(), meta().getUid());
    }

    boolean isDeleted() {
        return meta().getDeletionTimestamp() != null;
    }

    boolean isPaused() {
        return Boolean.TRUE.equals(rollout.getSpec().paused()) || "true".equals(annotation("paused"));
    }

    /** The value of {@code qsc.dev/<name>}; null when there is none. */
    String annotation(String name) {
        return meta().getAnnotations() == null ? null : meta().getAnnotations().get("qsc.dev/" + name);
    }

    /** The units that were seen. */
    Stream<UnitState> units() {
        return hosts.stream()
                .flatMap(host -> host.unit() instanceof Answer.Done<UnitState>(UnitState unit)
                        ? Stream.of(unit)
                        : Stream.empty());
    }

    /** Whether a host says that it has a canary of this rollout. */
    boolean hasCanary() {
        return units().anyMatch(this::isOurs);
    }

    /** Whether the unit has a canary of this rollout. */
    boolean isOurs(UnitState unit) {
        return unit.canary() != null && unit.canary().rollout().uid().equals(meta().getUid());
    }

    /** Host to InvocationID of its engine, of those that were seen. */
    Map<String, String> invocations() {
        Map<String, String> result = new TreeMap<>();
        for (HostObservation host : hosts) {
            if (host.unit() instanceof Answer.Done<UnitState>(UnitState unit)
                    && unit.engine().invocationId() != null) {
                result.put(host.name(), unit.engine().invocationId());
            }
        }
        return result;
    }

    /** The hosts by where they stand with an operation. */
    Map<Stand, List<HostObservation>> stands(CanaryRolloutStatus.Operation operation) {
        return hosts.stream()
                .collect(Collectors.groupingBy(
                        host -> Stand.of(host, meta().getUid(), operation),
                        () -> new EnumMap<>(Stand.class),
                        Collectors.toList()));
    }

    /** The highest epoch that a host remembers of this rollout; 0 when none does. */
    long highestEpoch() {
        return units().flatMap(unit -> Stand.fence(unit, meta().getUid()).stream())
                .filter(fence -> fence.epoch() != null)
                .mapToLong(fence -> fence.epoch().number())
                .max()
                .orElse(0);
    }
}
