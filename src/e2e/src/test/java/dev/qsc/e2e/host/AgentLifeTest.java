package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.GateEvidence;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.LedgerPage;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.StreamPage;
import dev.qsc.agent.api.UnitState;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.HostAgent;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.TestHost;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

@NeedsTestHost
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("The agent, between calls,")
class AgentLifeTest {
    private static final String UNIT = ExampleEngine.UNIT;
    private static final RolloutRef ROLLOUT = new RolloutRef("trading", "patchtst", "uid-1");
    private static final Epoch LEADER = new Epoch(1, "leader");

    @TempDir
    private static Path certificates;

    private static TestHost host;
    private static HostAgent agent;
    private static AgentClient client;
    private static String baseline;

    @BeforeAll
    static void install() {
        host = TestHost.start("life");
        ExampleEngine.install(host, "redis://" + host.outsideAddress() + ":1", 1);
        agent = HostAgent.install(host, Pki.in(certificates));
        agent.enroll(UNIT, ExampleEngine.BASELINE);
        host.shell("""
                printf 'idle_exit: 1s\\ntelemetry:\\n  trading:\\n    url: redis://127.0.0.1:6390\\n    stream: events\\n' \\
                  >>/etc/qsc-agent/agent.yaml
                systemctl restart qsc-agent.service
                """).orThrow();
        client = agent.client();
        awaitAnswer();
        baseline =
                ((Answer.Done<UnitState>) client.unit(UNIT)).value().baseline().digest();
    }

    @AfterAll
    static void remove() {
        client.close();
        host.close();
    }

    @Test
    @Order(1)
    @DisplayName("is no process at all; the next call starts it, and is answered")
    void idle() {
        awaitEnd();
        awaitAnswer();
        assertThat(pid()).isNotEqualTo("0");
        awaitEnd();
        assertThat(host.exec("systemctl", "is-failed", "qsc-agent.service", "qsc-agent.socket")
                        .stdout())
                .isEqualTo("inactive\nactive\n");
    }

    @Test
    @Order(2)
    @DisplayName("learnt once to start quickly, from root, and cannot change what it learnt")
    void cache() {
        var cache = "/var/cache/qsc-agent/agent.aot";
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(host.exec("stat", "-c", "%U %a", cache, "/var/cache/qsc-agent")
                                .stdout())
                        .isEqualTo("root 644\nroot 755\n"));
        awaitEnd();
        awaitAnswer();
        assertThat(host.exec("grep", "-c", cache, "/proc/" + pid() + "/maps")
                        .stdout()
                        .strip())
                .isNotEqualTo("0");
    }

    @Test
    @Order(3)
    @DisplayName("answers the very call that starts it")
    void firstCall() {
        awaitEnd();
        try (var caller = agent.client()) {
            assertThat(caller.host()).isInstanceOf(Answer.Done.class);
        }
    }

    @Test
    @Order(4)
    @DisplayName("hands on a Redis of the host's own loopback, and only that stream")
    void relay() throws IOException {
        var redis = inHostsNetwork("redis-server", "--port", "6390", "--bind", "127.0.0.1", "--save", "");
        try {
            await().ignoreExceptions().until(() -> add("1-1").equals("1-1"));
            awaitAnswer();
            assertThat(((Answer.Done<StreamPage>) client.entriesAfter("trading", "0-0", 10, Duration.ZERO))
                            .value()
                            .entries())
                    .extracting(StreamPage.Entry::id)
                    .containsExactly("1-1");
            assertThat(client.position("other")).isInstanceOf(Answer.Refused.class);
        } finally {
            redis.destroy();
        }
    }

    @Test
    @Order(5)
    @DisplayName("stays while a canary is here, is back when it was killed, and ends when the engine is home")
    void canary() {
        awaitAnswer();
        assertThat(put("op-1", 1, deadline(Duration.ofMinutes(2)))).isInstanceOf(Answer.Done.class);
        awaitState(CanaryState.Active);
        var pid = pid();
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(6)).until(() -> pid().equals(pid));

        host.exec("kill", "-KILL", pid).orThrow();
        awaitState(CanaryState.Active);
        assertThat(pid()).isNotEqualTo(pid);

        client.rollBack(UNIT, new RollbackRequest(ROLLOUT, new Operation("op-2", 2), "manual", List.of()));
        awaitState(CanaryState.Home);
        awaitEnd();
        awaitState(CanaryState.Home);
        assertThat(((Answer.Done<LedgerPage>) client.ledger(UNIT, 1, 10))
                        .value()
                        .records())
                .singleElement()
                .asString()
                .contains("\"action\":\"rollback_executed\"");
    }

    @Test
    @Order(6)
    @DisplayName(
            "stopped for longer than every time-out, lets the host come home on time, and what waited in it changes nothing")
    void stopped() {
        awaitAnswer();
        var deadline = deadline(Duration.ofSeconds(15));
        assertThat(put("op-3", 3, deadline)).isInstanceOf(Answer.Done.class);
        awaitState(CanaryState.Active);
        try (var other = agent.client()) {
            assertThat(other.host()).isInstanceOf(Answer.Done.class);
            host.exec("systemctl", "kill", "--signal=STOP", "qsc-agent.service").orThrow();
            await().atMost(Duration.ofSeconds(20)).until(() -> clock() > deadline - 2000);
            var put = CompletableFuture.supplyAsync(() -> other.put(UNIT, canary("op-4", 4, deadline)));
            var renewal = CompletableFuture.supplyAsync(
                    () -> client.renew(UNIT, new LeaseRenewal(ROLLOUT, "op-3", LEADER, deadline + 60_000)));

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(isArmed()).isFalse());
            assertThat(startedAt() - deadline).isBetween(0L, 3000L);
            var startedAt = startedAt();
            host.exec("systemctl", "kill", "--signal=CONT", "qsc-agent.service").orThrow();

            assertThat(renewal.join()).isInstanceOf(Answer.Refused.class);
            assertThat(put.join())
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.problem().detail()).contains("the lease ended"));
            assertThat(isArmed()).isFalse();
            assertThat(startedAt()).isEqualTo(startedAt);
        }
        assertThat(state()).isEqualTo(CanaryState.Home);
    }

    @Test
    @Order(7)
    @DisplayName("killed before or after it starts root's helper, leaves it to the next call, or to the helper")
    void killedInBetween() {
        awaitAnswer();
        var startedAt = startedAt();
        host.shell("""
                mv /usr/bin/systemctl /usr/bin/systemctl.real
                cat >/usr/bin/systemctl <<'SYSTEMCTL'
                #!/bin/sh
                case $* in
                  *" start -- qsc-apply@"*)
                    if mkdir /run/qsc-agent/before; then kill -KILL $PPID; exit 1; fi
                    systemctl.real "$@"
                    if mkdir /run/qsc-agent/after; then kill -KILL $PPID; fi
                    ;;
                  *) exec systemctl.real "$@" ;;
                esac
                SYSTEMCTL
                chmod 755 /usr/bin/systemctl
                """).orThrow();
        try {
            var deadline = deadline(Duration.ofMinutes(2));
            assertThat(put("op-5", 5, deadline)).isNotInstanceOf(Answer.Done.class);
            awaitAnswer();
            assertThat(isArmed()).isFalse();
            assertThat(startedAt()).isEqualTo(startedAt);

            assertThat(put("op-5", 5, deadline)).isNotInstanceOf(Answer.Done.class);
            awaitState(CanaryState.Active);
            var activatedAt = startedAt();

            assertThat(put("op-5", 5, deadline)).isInstanceOf(Answer.Done.class);
            assertThat(startedAt()).isEqualTo(activatedAt);
            client.rollBack(UNIT, new RollbackRequest(ROLLOUT, new Operation("op-6", 6), "manual", List.of()));
            awaitState(CanaryState.Home);
        } finally {
            host.shell("mv /usr/bin/systemctl.real /usr/bin/systemctl").orThrow();
        }
    }

    @Test
    @Order(8)
    @DisplayName("says so when polkit or D-Bus is gone, and nothing was touched")
    void nobodyToAsk() {
        awaitAnswer();
        var startedAt = startedAt();
        var deadline = deadline(Duration.ofMinutes(2));
        for (var loss : List.of(
                "systemctl mask --quiet --runtime --now polkit.service", "systemctl stop dbus.socket dbus.service")) {
            host.shell(loss).orThrow();
            try {
                assertThat(put("op-7", 7, deadline))
                        .as(loss)
                        .isInstanceOfSatisfying(
                                Answer.Refused.class,
                                refused -> assertThat(refused.problem().detail())
                                        .contains("systemctl --no-ask-password --no-block start"));
                assertThat(isArmed()).as(loss).isFalse();
            } finally {
                host.shell(
                                "systemctl unmask --quiet --runtime polkit.service; systemctl start dbus.socket dbus.service")
                        .orThrow();
            }
        }
        assertThat(startedAt()).isEqualTo(startedAt);
    }

    @Test
    @Order(9)
    @DisplayName(
            "says what is wrong with its configuration, does not wear the host out, and serves as soon as that is put right")
    void misconfigured() {
        host.shell("echo 'prot: 1' >>/etc/qsc-agent/agent.yaml; systemctl restart qsc-agent.service")
                .orThrow();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(host.journal("qsc-agent.service"))
                        .contains(
                                "qsc-agent cannot serve: /etc/qsc-agent/agent.yaml line",
                                "sets prot, which is none of"));
        assertThat(client.host()).isNotInstanceOf(Answer.Done.class);
        host.shell("sed -i /prot/d /etc/qsc-agent/agent.yaml; systemctl restart qsc-agent.service")
                .orThrow();
        awaitAnswer();
    }

    private static Answer<UnitState> put(String operation, long sequence, long deadline) {
        return client.put(UNIT, canary(operation, sequence, deadline));
    }

    private static CanaryRequest canary(String operation, long sequence, long deadline) {
        var now = Instant.now();
        return new CanaryRequest(
                ROLLOUT,
                "attempt-1",
                new Operation(operation, sequence),
                LEADER,
                0,
                ExampleEngine.SHADOW_MODEL,
                10,
                ExampleEngine.CANARY_WEIGHTS,
                baseline,
                deadline,
                Duration.ofMinutes(1),
                new GateEvidence(342, now.minusSeconds(60), now, Duration.ofHours(6)));
    }

    private static long deadline(Duration ahead) {
        return clock() + ahead.toMillis();
    }

    /** CLOCK_BOOTTIME of the host, in milliseconds. */
    private static long clock() {
        var uptime = host.exec("cut", "-d ", "-f1", "/proc/uptime").orThrow().stdout();
        return new BigDecimal(uptime.strip()).movePointRight(3).longValueExact();
    }

    /** When the engine's main process began, by the same clock. */
    private static long startedAt() {
        return Long.parseLong(property("ExecMainStartTimestampMonotonic", UNIT)) / 1000;
    }

    private static boolean isArmed() {
        return host.exec("test", "-e", "/var/lib/qsc/" + UNIT + "/armed").exitCode() == 0;
    }

    private static CanaryState state() {
        return client.unit(UNIT) instanceof Answer.Done<UnitState>(var unit) ? unit.state() : null;
    }

    private static String add(String id) throws IOException {
        var cli = inHostsNetwork("redis-cli", "-p", "6390", "XADD", "events", id, "payload", "{}");
        return new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** A program of this machine on the host's network, so that its loopback is the host's. */
    private static Process inHostsNetwork(String... program) throws IOException {
        var line = new ArrayList<>(host.onItsNetwork());
        line.addAll(List.of(program));
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** On a busy machine the agent may take longer to start than a client takes to connect. */
    private static void awaitAnswer() {
        await().atMost(Duration.ofSeconds(30)).until(() -> client.host() instanceof Answer.Done);
    }

    private static void awaitState(CanaryState expected) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(state()).isEqualTo(expected));
    }

    private static void awaitEnd() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(pid()).isEqualTo("0"));
    }

    private static String pid() {
        return property("MainPID", "qsc-agent.service");
    }

    private static String property(String property, String unit) {
        return host.exec("systemctl", "show", "--value", "--property=" + property, unit)
                .orThrow()
                .stdout()
                .strip();
    }
}
