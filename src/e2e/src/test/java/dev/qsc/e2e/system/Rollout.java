package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Site;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A rollout of the shadow model on one site, in seconds instead of hours. */
final class Rollout {

    static final Duration LEASE = Duration.ofSeconds(6);
    static final String MODEL = ExampleEngine.SHADOW_MODEL;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Set<Phase> ENDS =
            EnumSet.of(Phase.GateFailed, Phase.DryRunPassed, Phase.RolledBack, Phase.Failed, Phase.Promoted);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Cluster cluster;
    private final String name = "rollout-" + NUMBER.incrementAndGet();
    private final ObjectNode manifest;

    private Rollout(Cluster cluster, Site site) {
        this.cluster = cluster;
        this.manifest = (ObjectNode) Serialization.unmarshal(
                """
                    apiVersion: qsc.dev/v1alpha1
                    kind: CanaryRollout
                    metadata: {name: %s, namespace: %s}
                    spec:
                      model: %s
                      engine: {unit: %s, hosts: [%s], startTimeout: 20s}
                      telemetry: {redis: {urlSecretRef: {name: %s}}}
                      steps: [{weight: 10, duration: 5s}]
                      gate: {timeout: 2m}
                      monitor: {interval: 1s, window: 3s, noDataTimeout: 5s}
                      rollback: {leaseDuration: %ds}
                    """.formatted(
                                name,
                                Cluster.NAMESPACE,
                                MODEL,
                                ExampleEngine.UNIT,
                                site.name(),
                                site.name(),
                                LEASE.toSeconds()),
                JsonNode.class);
    }

    /** A rollout that is not applied yet: 10 % for five seconds, checked every second. */
    static Rollout on(Cluster cluster, Site site) {
        return new Rollout(cluster, site);
    }

    /**
     * Sets a field of the spec, for the next {@link #apply}.
     *
     * @param path names with dots, such as {@code gate.minEvents}
     */
    Rollout with(String path, Object value) {
        var parent =
                "/spec/" + path.substring(0, Math.max(0, path.lastIndexOf('.'))).replace('.', '/');
        manifest.withObject(parent.replaceAll("/$", "")).putPOJO(path.substring(path.lastIndexOf('.') + 1), value);
        return this;
    }

    /** A step that lasts long enough for whatever a test does meanwhile. */
    Rollout lasting(Duration duration) {
        ((ObjectNode) manifest.at("/spec/steps/0")).put("duration", duration.toSeconds() + "s");
        return this;
    }

    /** Applies it, for the first time or with a changed spec. */
    Rollout apply() {
        cluster.controlPlane().apply(Serialization.asYaml(manifest)).orThrow();
        return this;
    }

    String name() {
        return name;
    }

    CanaryRolloutStatus status() {
        return cluster.rollout(name).get().getStatus();
    }

    Condition condition(String type) {
        return status().conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has no condition " + type));
    }

    /** Returns when it is in a phase; fails at once when it ends in another one. */
    Rollout await(Phase phase) {
        return await(phase.toString(), status -> status.phase() == phase);
    }

    /** Returns when its watch found {@code slots} slots in order. */
    Rollout awaitJudged(int slots) {
        return await(
                slots + " judged slots",
                status -> status.phase() == Phase.Monitoring
                        && status.canary().slots().judged() >= slots);
    }

    /** Returns when its status fulfils a wish; fails at once when it ends without. */
    Rollout await(String wish, Predicate<CanaryRolloutStatus> fulfilled) {
        org.awaitility.Awaitility.await(name + ": " + wish)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(() -> {
                    var status = status();
                    boolean isReached = status != null && fulfilled.test(status);
                    assertThat(!isReached && status != null && ENDS.contains(status.phase()))
                            .describedAs("%s wished for %s, and it ended: %s", name, wish, status)
                            .isFalse();
                    return isReached;
                });
        return this;
    }

    /** Returns when the message of its condition Ready holds these words. */
    Rollout awaitMessage(String words) {
        return await(
                "the message \"" + words + "\"",
                status -> status.conditions().getFirst().getMessage().contains(words));
    }

    /** Says something by annotation, as a person would with kubectl. */
    Rollout annotate(String command, String value) {
        cluster.kubectl(
                "annotate",
                "canaryrollout",
                name,
                "--namespace=" + Cluster.NAMESPACE,
                "--overwrite",
                "qsc.dev/" + command + "=" + value);
        return this;
    }

    /** Asks for its deletion and returns at once. */
    Rollout delete() {
        cluster.rollout(name).delete();
        return this;
    }

    boolean exists() {
        return cluster.rollout(name).get() != null;
    }

    /** Removes it, with its canary if it has one, and returns when it is gone. */
    void remove() {
        delete();
        org.awaitility.Awaitility.await(name + " gone").atMost(PATIENCE).until(() -> !exists());
    }
}
