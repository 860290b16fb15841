package dev.qsc.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.GateEvidence;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.EngineHost;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.HostAgent;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.OperatorProcess;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.TestHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The life of one host, from before its enrolment to after its revocation. */
@NeedsControlPlane
@NeedsTestHost
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("qsc host, and qsc audit of a host:")
class HostTest {
    private static final String NAME = "engine-1";
    private static final String UNIT = ExampleEngine.UNIT;
    private static final String LEDGER = "/var/log/qsc/qsc_canary.jsonl";

    @TempDir
    private static Path directory;

    private static Cluster cluster;
    private static TestHost host;
    private static OperatorProcess operator;

    @BeforeAll
    static void prepare() {
        cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
        host = TestHost.start("cli");
        ExampleEngine.install(host, "redis://" + host.outsideAddress() + ":1", 1);
        host.installDeb(HostAgent.deb());
    }

    @AfterAll
    static void end() {
        if (operator != null) {
            operator.close();
        }
        host.close();
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("a wrong address is refused before anything is made")
    void wrongAddress() {
        var enroll = qsc("host", "enroll", NAME, "--address", "http://" + host.address());

        assertThat(enroll.exitCode()).isEqualTo(1);
        assertThat(enroll.stdout()).isEmpty();
        assertThat(enroll.stderr())
                .contains("must be https, a host and an optional port")
                .hasLineCount(1);
        assertThat(secrets()).isEmpty();
    }

    @Test
    @Order(2)
    @DisplayName("a host refuses a unit that could not be brought home, and is left as it was")
    void unfitUnit() {
        var killsItself = "/etc/systemd/system/" + UNIT + ".d/unfit.conf";
        host.write(killsItself, "[Service]\nKillMode=process\n");
        host.exec("systemctl", "daemon-reload").orThrow();
        var before = files();

        var refused = host.shell(enroll("--address", address()));

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("KillMode=process leaves processes with old values behind");
        assertThat(files()).isEqualTo(before);
        assertThat(host.exec("systemctl", "is-active", "qsc-agent.socket").stdout())
                .isEqualTo("inactive\n");
        host.shell("rm " + killsItself + " && systemctl daemon-reload").orThrow();
    }

    private static String files() {
        return host.shell("find /etc/qsc-agent /var/lib/qsc /etc/systemd/system -printf '%p %m %u %g %l %T@\\n' | sort")
                .orThrow()
                .stdout();
    }

    @Test
    @Order(3)
    @DisplayName("the printed command makes the host one that the operator can use, and nobody reads a key on the way")
    void enrolled() throws IOException {
        host.write("/etc/qsc-agent/agent.yaml", """
                certificate: /nowhere
                clients:
                  - spiffe://example.org/other
                # Kept:
                idle_exit: 30s
                telemetry:
                  trading:
                    url: redis://127.0.0.1:1
                    stream: events
                """);
        assertThat(qsc("host", "enroll", NAME, "--address", address()).stderr())
                .contains("EngineHost trading/engine-1 is there already: give --renew");

        var taken = host.shell(enroll("--renew"));

        assertThat(taken.exitCode()).as(taken.stdout() + taken.stderr()).isZero();
        assertThat(taken.stdout())
                .contains(UNIT + " is listed; its baseline is ", "ok     the agent listens")
                .doesNotContain("wrong ");
        var settings = host.exec("cat", "/etc/qsc-agent/agent.yaml").stdout();
        assertThat(settings)
                .contains("# Kept:\nidle_exit: 30s\ntelemetry:\n", "\n  - spiffe://qsc.dev/operator\n")
                .doesNotContain("/nowhere", "example.org");
        assertThat(host.shell("stat -c '%a %U %G' /etc/qsc-agent/agent.yaml /etc/qsc-agent/tls /etc/qsc-agent/tls/*/*")
                        .stdout())
                .isEqualTo("640 root qsc-agent\n750 root qsc-agent\n" + "640 root qsc-agent\n".repeat(3));
        try (var agent = agent(engineHost().getSpec().serverName())) {
            await().until(() -> agent.host() instanceof Answer.Done);
            canary(agent);
        }
        startOperator();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(engineHost().getStatus().conditions())
                        .singleElement()
                        .satisfies(ready -> assertThat(ready.getStatus())
                                .as(ready.getMessage())
                                .isEqualTo("True")));
        assertThat(engineHost().getStatus().units()).containsExactly(UNIT);
    }

    /** So that the ledger has something to tell. */
    private static void canary(AgentClient agent) {
        var rollout = new RolloutRef(Cluster.NAMESPACE, "patchtst", "uid-1");
        var unit = ((Answer.Done<UnitState>) agent.unit(UNIT)).value();
        var now = Instant.now();
        assertThat(agent.put(
                        UNIT,
                        new CanaryRequest(
                                rollout,
                                "attempt-1",
                                new Operation("op-1", 1),
                                new Epoch(1, "leader"),
                                0,
                                ExampleEngine.SHADOW_MODEL,
                                10,
                                ExampleEngine.CANARY_WEIGHTS,
                                unit.baseline().digest(),
                                unit.clock().boot() + 120_000,
                                Duration.ofMinutes(1),
                                new GateEvidence(342, now.minusSeconds(60), now, Duration.ofHours(6)))))
                .isInstanceOf(Answer.Done.class);
        awaitState(agent, CanaryState.Active);
        agent.rollBack(UNIT, new RollbackRequest(rollout, new Operation("op-2", 2), "manual", List.of()));
        awaitState(agent, CanaryState.Home);
    }

    private static void awaitState(AgentClient agent, CanaryState expected) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(agent.unit(UNIT))
                        .isInstanceOfSatisfying(
                                Answer.Done.class,
                                done -> assertThat(((UnitState) done.value()).state())
                                        .isEqualTo(expected)));
    }

    @Test
    @Order(4)
    @DisplayName(
            "the doctor finds it in order but for the stream that nobody serves, and then what broke; by kubectl too")
    void doctor() throws IOException {
        var stream = qsc("host", "doctor", NAME);
        assertThat(stream.exitCode()).isEqualTo(2);
        assertThat(stream.stdout()).containsOnlyOnce("FAIL  ").contains("FAIL  Stream trading cannot be read: ");
        host.shell("sed -i '/telemetry/,/stream/d' /etc/qsc-agent/agent.yaml; systemctl restart qsc-agent")
                .orThrow();

        var inOrder = qsc("host", "doctor", NAME);
        assertThat(inOrder.exitCode()).as(inOrder.stdout() + inOrder.stderr()).isZero();
        assertThat(inOrder.stdout().lines().map(line -> line.replaceFirst(" .*", "")))
                .containsOnly("OK", "qsc-agent");
        assertThat(inOrder.stdout())
                .contains(
                        "OK    EngineHost trading/engine-1 is Ready since ",
                        "OK    The agent's certificate is good until ",
                        "OK    The ledger is anchored at record 2",
                        "OK    The operator's certificate is good until ",
                        "OK    The agent answers this machine: ",
                        "OK    The host's clock differs from this one by less than ",
                        "OK    " + UNIT + " is active (running), canary state Home");

        host.exec("systemctl", "stop", UNIT).orThrow();
        Files.createSymbolicLink(directory.resolve("kubectl-qsc"), Qsc.LAUNCHER);
        var stopped = Qsc.shell("PATH='%s':\"$PATH\" '%s' qsc host doctor %s --kubeconfig '%s' -n %s"
                .formatted(directory, ControlPlane.kubectlBinary(), NAME, kubeconfig(), Cluster.NAMESPACE));
        assertThat(stopped.exitCode()).isEqualTo(2);
        assertThat(stopped.stdout()).contains("FAIL  " + UNIT + " is inactive (dead), canary state Home; start it");
        host.exec("systemctl", "start", UNIT).orThrow();

        host.exec("systemctl", "stop", "qsc-agent.socket", "qsc-agent.service").orThrow();
        var silent = qsc("host", "doctor", NAME);
        assertThat(silent.exitCode()).isEqualTo(2);
        assertThat(silent.stdout())
                .contains("FAIL  The agent does not answer: nothing accepts connections at " + address());
        host.exec("systemctl", "start", "qsc-agent.socket").orThrow();
    }

    @Test
    @Order(5)
    @DisplayName("the ledger is intact through the agent and in its files, and a copy with any mutation is not")
    void audit() throws IOException {
        var overHost = qsc("audit", "verify", "--host", NAME);
        assertThat(overHost.exitCode())
                .as(overHost.stdout() + overHost.stderr())
                .isZero();
        assertThat(overHost.stdout())
                .startsWith("INTACT  2 records in an unbroken chain\n")
                .contains("it is there, and 0 records after it");

        var ledger = host.exec("cat", LEDGER).orThrow().stdout();
        var first = ledger.substring(0, ledger.indexOf('\n') + 1);
        assertThat(auditOfFile(ledger).exitCode()).isZero();
        assertThat(auditOfFile(ledger.replace("patchtst", "patchtzt")).stdout())
                .startsWith("NOT INTACT  record 1 was changed");
        assertThat(auditOfFile(ledger.substring(first.length())).stdout())
                .startsWith("NOT INTACT  record 1 is missing, repeated or moved: record 2 stands where it belongs");
        assertThat(auditOfFile(first).stdout())
                .startsWith("NOT INTACT  record 2 is missing: the ledger ends before it");
        assertThat(auditOfFile(ledger.stripTrailing()).stdout()).startsWith("NOT INTACT  record 2 is torn");

        host.write(LEDGER, first);
        host.shell("chgrp qsc-agent %s && chmod 0640 %s".formatted(LEDGER, LEDGER))
                .orThrow();
        var cut = qsc("audit", "verify", "--host", NAME, "-o", "json");
        assertThat(cut.exitCode()).isEqualTo(2);
        assertThat(cut.stdout()).contains("\"kind\" : \"CUT_OFF\"");
        host.write(LEDGER, ledger);
        host.shell("chgrp qsc-agent %s && chmod 0640 %s".formatted(LEDGER, LEDGER))
                .orThrow();
    }

    private static Command auditOfFile(String text) throws IOException {
        var copy = Files.writeString(directory.resolve("copy.jsonl"), text);
        return qsc("audit", "verify", copy.toString(), "--engine-host", NAME);
    }

    @Test
    @Order(6)
    @DisplayName("a host is neither renewed nor revoked while it has a canary, and what it had is never trusted again")
    void revoked() {
        operator.close();
        canaryOfRollout("Monitoring");
        var former = engineHost().getSpec().serverName();
        for (var line : List.of(List.of("host", "revoke", NAME), List.of("host", "enroll", NAME, "--renew"))) {
            var refused = qsc(line.toArray(String[]::new));
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.stdout()).isEmpty();
            assertThat(refused.stderr())
                    .contains("CanaryRollout patchtst, in phase Monitoring, has or may have a canary on engine-1");
        }
        canaryOfRollout("RolledBack");

        var revoke = qsc("host", "revoke", NAME);
        assertThat(revoke.exitCode()).as(revoke.stderr()).isZero();
        assertThat(revoke.stdout()).contains("systemctl disable --now qsc-agent.socket qsc-agent.service");
        assertThat(cluster.kubectl("get", "enginehosts", "-A", "-o", "name")).isEmpty();
        assertThat(qsc("host", "revoke", NAME).stderr())
                .contains("There is no EngineHost engine-1 in namespace trading");

        var command = enroll("--address", address());
        var present = engineHost().getSpec().serverName();
        assertThat(present).isNotEqualTo(former);
        try (var agent = agent(present)) {
            assertThat(agent.host())
                    .isInstanceOfSatisfying(
                            Answer.NotTrusted.class,
                            answer -> assertThat(answer.reason()).contains("its certificate is not for " + present));
            host.shell(command).orThrow();
            await().untilAsserted(() -> assertThat(agent.host()).isInstanceOf(Answer.Done.class));
        }
        try (var agent = agent(former)) {
            Answer<HostFacts> answer = agent.host();
            assertThat(answer).isInstanceOf(Answer.NotTrusted.class);
        }
        assertThat(host.shell("ls /etc/qsc-agent/tls | wc -l").stdout()).isEqualTo("1\n");
    }

    private static void canaryOfRollout(String phase) {
        cluster.controlPlane()
                .apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: CanaryRollout
                metadata: {name: patchtst, namespace: %s}
                spec:
                  model: patchtst
                  engine: {unit: %s, hosts: [%s]}
                  telemetry: {redis: {urlSecretRef: {name: redis}}}
                """.formatted(Cluster.NAMESPACE, UNIT, NAME))
                .orThrow();
        cluster.kubectl(
                "patch",
                "canaryrollout",
                "patchtst",
                "--namespace=" + Cluster.NAMESPACE,
                "--subresource=status",
                "--type=merge",
                "--patch={\"status\":{\"phase\":\"" + phase + "\"}}");
    }

    private static String enroll(String... arguments) {
        var line =
                new ArrayList<>(List.of("host", "enroll", NAME, "--unit", UNIT, "--baseline", ExampleEngine.BASELINE));
        line.addAll(List.of(arguments));
        var enroll = qsc(line.toArray(String[]::new));
        assertThat(enroll.exitCode()).as(enroll.stderr()).isZero();
        assertThat(enroll.stdout()).startsWith("qsc-enroll --bundle <<'END_OF_BUNDLE'\n");
        assertThat(enroll.stderr()).doesNotContain("PRIVATE");
        return enroll.stdout();
    }

    private static String address() {
        return "https://" + host.address() + ":9443";
    }

    private static EngineHost engineHost() {
        return cluster.client()
                .resources(EngineHost.class)
                .inNamespace(Cluster.NAMESPACE)
                .withName(NAME)
                .get();
    }

    private static Command qsc(String... arguments) {
        var line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--kubeconfig", kubeconfig(), "--namespace", Cluster.NAMESPACE));
        return Qsc.run(line.toArray(String[]::new));
    }

    private static String kubeconfig() {
        return cluster.controlPlane().kubeconfig().toString();
    }

    private static String secrets() {
        return cluster.kubectl("get", "secrets", "-n", Cluster.SYSTEM, "-o", "name");
    }

    /** A client with the operator's Secret, as its pods have it. */
    private static AgentClient agent(String serverName) {
        return new AgentClient(
                URI.create(address()),
                serverName,
                Credentials.read(mounted("tls.crt"), mounted("tls.key"), mounted("ca.crt")));
    }

    private static Path mounted(String file) {
        var data = cluster.client()
                .secrets()
                .inNamespace(Cluster.SYSTEM)
                .withName("qsc-operator-tls")
                .get()
                .getData();
        try {
            return Files.write(directory.resolve(file), Base64.getDecoder().decode(data.get(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void startOperator() {
        operator = OperatorProcess.start(
                directory,
                cluster.operatorKubeconfig(),
                Map.of(
                        "qsc.agent.tls.cert", mounted("tls.crt").toString(),
                        "qsc.agent.tls.key", mounted("tls.key").toString(),
                        "qsc.agent.tls.ca", mounted("ca.crt").toString()));
        operator.awaitReady().awaitLeading();
    }
}
