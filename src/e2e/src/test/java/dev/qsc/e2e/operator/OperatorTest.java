package dev.qsc.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.EngineHost;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.OperatorProcess;
import dev.qsc.e2e.lab.Pki;
import io.fabric8.kubernetes.api.model.Condition;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged operator, with the service account it ships with, on a real API server. */
@NeedsControlPlane
@DisplayName("The operator")
class OperatorTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String NO_HOST = "no-such-host";

    @TempDir
    private static Path directory;

    private static Cluster cluster;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
        operator = cluster.startOperator("operator").awaitReady().awaitLeading();
    }

    @AfterAll
    static void stop() {
        operator.close();
        cluster.close();
    }

    @Test
    @DisplayName("owns nothing of a rollout but its finalizer and its status")
    void managedFields() {
        Apply.rollout(cluster, "owned", NO_HOST);
        var before = cluster.rollout("owned").get().getSpec();

        await().atMost(SOON).until(() -> cluster.rollout("owned").get().getStatus() != null);

        var after = cluster.rollout("owned").get();
        assertThat(after.getSpec()).isEqualTo(before);
        assertThat(after.getFinalizers()).containsExactly("qsc.dev/home");
        assertThat(ownedBy("qsc-operator", after, null))
                .isEqualTo("{f:metadata={f:finalizers={v:\"qsc.dev/home\"={}}}}");
        assertThat(ownedBy("qsc-operator", after, "status")).startsWith("{f:status=");
    }

    private static String ownedBy(String manager, CanaryRollout rollout, String subresource) {
        return rollout.getMetadata().getManagedFields().stream()
                .filter(entry -> entry.getManager().equals(manager))
                .filter(entry -> String.valueOf(entry.getSubresource()).equals(String.valueOf(subresource)))
                .map(entry -> entry.getFieldsV1().getAdditionalProperties().toString())
                .findFirst()
                .orElse("nothing");
    }

    @Test
    @DisplayName("lets a rollout without a canary be deleted at once")
    void deletion() {
        Apply.rollout(cluster, "deleted", NO_HOST);
        await().atMost(SOON)
                .until(() -> !cluster.rollout("deleted").get().getFinalizers().isEmpty());

        cluster.rollout("deleted").delete();

        await().atMost(SOON).until(() -> cluster.rollout("deleted").get() == null);
    }

    @Test
    @DisplayName("says of a rollout whose host does not exist what to do, in its status and as an Event")
    void missingHost() {
        Apply.rollout(cluster, "lonely", NO_HOST);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(describe("lonely"))
                        .contains("there is no EngineHost no-such-host in this namespace: create it"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.kubectl("get", "events", "-n", Cluster.NAMESPACE))
                        .contains("canaryrollout/lonely"));
    }

    @Test
    @DisplayName("says of a host what its agent says")
    void readyHost() {
        try (var agent = StandInAgent.start(cluster.pki())) {
            Apply.host(cluster, "there", agent.address());

            awaitReady("there", "True", "AgentAnswers", "quantum-ai_engine.service");
            var status = host("there").getStatus();
            assertThat(status.units()).containsExactly("quantum-ai_engine.service");
            assertThat(status.agentVersion()).isEqualTo("0.1.0");
            assertThat(status.lastSeen()).isNotNull();
        }
    }

    @Test
    @DisplayName("shows in its metrics when the certificate of each host's agent ends, as long as there is that host")
    void certificateExpiry() {
        try (var agent = StandInAgent.start(cluster.pki())) {
            Apply.host(cluster, "measured", agent.address());
            awaitReady("measured", "True", "AgentAnswers", "quantum-ai_engine.service");
            var status = host("measured").getStatus();
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(gauge("certificate_expiry")).contains(status.certificateNotAfter()));
            assertThat(gauge("last_seen")).contains(status.lastSeen());
        }

        cluster.kubectl("delete", "enginehost", "measured", "-n", Cluster.NAMESPACE);

        await().atMost(SOON).until(() -> gauge("certificate_expiry").isEmpty());
        assertThat(gauge("last_seen")).isEmpty();
    }

    /** A time in the metrics of the host {@code measured}. */
    private static Optional<Instant> gauge(String time) {
        var line = Pattern.compile("qsc_enginehost_%s_timestamp_seconds\\{host=\"measured\",namespace=\"%s\"} (.*)"
                .formatted(time, Cluster.NAMESPACE));
        return operator.get("/q/metrics")
                .body()
                .lines()
                .map(line::matcher)
                .filter(Matcher::matches)
                .map(match -> Instant.ofEpochSecond(new BigDecimal(match.group(1)).longValueExact()))
                .findFirst();
    }

    @Test
    @DisplayName("says of a host that nobody answers for what to look at")
    void unreachableHost() {
        Apply.host(cluster, "silent", "https://127.0.0.1:1");

        awaitReady("silent", "False", "Unreachable", "is qsc-agent.socket active there?");
    }

    @Test
    @DisplayName("waits three seconds, and no longer, for a host that takes a call and never answers")
    void hangingHost() {
        try (var agent = StandInAgent.start(cluster.pki())) {
            agent.hang();
            Apply.host(cluster, "hanging", agent.address());
            Apply.rollout(cluster, "held-up", "hanging");

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(describe("held-up")).contains("no answer came within 3 s"));
        }
    }

    @Test
    @DisplayName("says what is wrong with the Secret of the Redis URL, and never touches the engine meanwhile")
    void secret() {
        try (var agent = StandInAgent.start(cluster.pki())) {
            Apply.host(cluster, "waiting", agent.address());
            Apply.rollout(cluster, "no-secret", "waiting", "interval: 1s", "30s");
            awaitWords("no-secret", "the Secret trading/redis does not exist: create it with the Redis URL");

            cluster.kubectl("create", "secret", "generic", "redis", "-n", Cluster.NAMESPACE, "--from-literal=uri=x");
            awaitWords("no-secret", "the Secret trading/redis has no key url: put the Redis URL there");

            cluster.kubectl("delete", "rolebinding", "qsc-operator-secrets", "-n", Cluster.NAMESPACE);
            awaitWords("no-secret", "the operator may not read the Secret trading/redis: bind the ClusterRole");

            assertThat(agent.calls()).isEmpty();
        }
    }

    private static void awaitWords(String rollout, String words) {
        await().atMost(SOON).untilAsserted(() -> assertThat(describe(rollout)).contains(words));
    }

    @Test
    @DisplayName("does not trust an agent under another name")
    void untrustedHost() {
        try (var agent = StandInAgent.start(cluster.pki())) {
            Apply.host(cluster, "disguised", agent.address(), "engine-1.example");

            awaitReady("disguised", "False", "NotTrusted", "its certificate is not for engine-1.example");
        }
    }

    private static String describe(String rollout) {
        return cluster.kubectl("describe", "canaryrollout", rollout, "-n", Cluster.NAMESPACE);
    }

    private static void awaitReady(String name, String status, String reason, String words) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(host(name).getStatus()).isNotNull();
            assertThat(host(name).getStatus().conditions())
                    .singleElement()
                    .returns("Ready", Condition::getType)
                    .returns(status, Condition::getStatus)
                    .returns(reason, Condition::getReason)
                    .extracting(Condition::getMessage)
                    .asString()
                    .contains(words);
        });
    }

    private static EngineHost host(String name) {
        return cluster.client()
                .resources(EngineHost.class)
                .inNamespace(Cluster.NAMESPACE)
                .withName(name)
                .get();
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("has no right to")
    @CsvSource({
        "create, canaryrollouts.qsc.dev",
        "update, canaryrollouts.qsc.dev",
        "delete, canaryrollouts.qsc.dev",
        "patch,  enginehosts.qsc.dev",
        "list,   secrets",
        "watch,  secrets",
        "list,   events",
        "create, pods"
    })
    void noMoreRights(String verb, String resource) {
        var question = Command.run(List.of(
                ControlPlane.kubectlBinary().toString(),
                "--kubeconfig",
                cluster.operatorKubeconfig().toString(),
                "auth",
                "can-i",
                verb,
                resource,
                "--namespace",
                Cluster.NAMESPACE));
        assertThat(question.stdout().strip()).isEqualTo("no");
    }

    @Test
    @DisplayName("is alive, counts its reconciles, and is ready without leading")
    void healthAndMetrics() {
        try (var standby = cluster.startOperator("standby").awaitReady()) {
            assertThat(standby.log()).doesNotContain("this operator leads");
            assertThat(standby.answers("/q/health/live")).isTrue();
        }
        assertThat(operator.get("/q/metrics").body())
                .contains("reconciliations_active{controller_name=\"canaryrollout\"}");
    }
}
