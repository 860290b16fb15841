package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.GateEvidence;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.HostAgent;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.TestHost;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsTestHost
@DisplayName("The agent's package, on a booted host,")
class AgentPackageTest {
    private static final String UNIT = ExampleEngine.UNIT;
    private static final String STATE = "/var/lib/qsc/" + UNIT;
    private static final String WATCH_TICKS =
            "while :; do cat /run/qsc/%s/tick; sleep 0.1; done | stdbuf -oL uniq >/run/ticks".formatted(UNIT);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Epoch LEADER = new Epoch(1, "leader");

    @TempDir
    private Path certificates;

    private final RolloutRef rollout =
            new RolloutRef("trading", "patchtst", UUID.randomUUID().toString());
    private final AtomicLong sequence = new AtomicLong();

    private TestHost host;
    private Pki pki;
    private HostAgent agent;
    private AgentClient client;
    private UnitState.Baseline baseline;

    /** What the host runs. */
    TestHost.Release release() {
        return TestHost.Release.BOOKWORM;
    }

    @BeforeEach
    void install() {
        host = TestHost.start("package", release());
        ExampleEngine.install(host, "redis://" + host.outsideAddress() + ":1", 1);
        pki = Pki.in(certificates);
        agent = HostAgent.install(host, pki);
        agent.enroll(UNIT, ExampleEngine.BASELINE);
        client = agent.client();
        baseline = unit().baseline();
    }

    @AfterEach
    void remove() {
        client.close();
        host.close();
    }

    @Test
    @DisplayName("lets an operator put a canary there, keep it, take it away, and promote another")
    void wholeFlow() {
        assertThat(unit().state()).isEqualTo(CanaryState.Idle);
        var first = put();
        var active = awaitState(CanaryState.Active);
        assertThat(active.engine().acknowledgedDigest()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        assertThat(active.canary().invocationId()).isEqualTo(active.engine().invocationId());

        var deadline = unit().clock().boot() + LEASE.toMillis() + 1;
        done(client.renew(UNIT, new LeaseRenewal(rollout, first.operation().id(), LEADER, deadline)));
        assertThat(unit().canary().leaseDeadline()).isEqualTo(deadline);
        var successor = new Epoch(2, "successor");
        done(client.renew(UNIT, new LeaseRenewal(rollout, first.operation().id(), successor, deadline)));
        assertThat(client.renew(
                        UNIT, new LeaseRenewal(rollout, first.operation().id(), LEADER, deadline)))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.problem().is(Problem.Kind.FENCED))
                                .isTrue());

        done(client.rollBack(UNIT, rollback("qsc_monitor_violation", "Flat predictions: conf_std=0.0412 (<0.05)")));
        var home = awaitState(CanaryState.Home);
        assertThat(home.canary()).isNull();
        assertThat(home.engine().acknowledgedDigest()).isEqualTo(baseline.digest());
        assertThat(client.put(UNIT, first)).isInstanceOf(Answer.Refused.class);

        var second = put(successor);
        awaitState(CanaryState.Active);
        done(client.record(UNIT, new MonitoringCompleted(rollout, second.operation(), Duration.ofHours(6), 720)));
        var promotion = operation();
        done(client.promote(
                UNIT,
                new PromoteRequest(rollout, promotion, successor, ExampleEngine.CANARY_WEIGHTS.digest(), deadline())));
        var promoted = awaitState(CanaryState.Promoted);
        assertThat(promoted.canary().oldDigest()).isEqualTo(baseline.digest());
        done(client.confirm(UNIT, new ConfirmRequest(rollout, promotion, successor)));
        await().untilAsserted(() -> assertThat(unit().canary()).isNull());
        assertThat(unit().baseline().digest()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        assertThat(unit().engine().acknowledgedDigest()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());

        assertThat(ledger())
                .containsSubsequence(
                        "canary_activated", "rollback_executed", "canary_activated", "monitoring_completed");
        assertThat(done(client.host()).ledgerSeq()).isGreaterThanOrEqualTo(4);
    }

    @Test
    @DisplayName("lets nobody in but the operator it lists")
    void strangers() {
        try (var outsider = agent.client(pki.outsider());
                var stranger = agent.client(pki.stranger())) {
            assertThat(outsider.unit(UNIT))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.problem().detail()).contains("spiffe://qsc.dev/outsider"));
            assertThat(stranger.unit(UNIT).toString()).contains("this client's certificate");
        }
    }

    @Test
    @DisplayName("is upgraded in the middle of a canary: the canary stays, and the guard never pauses")
    void upgrade() {
        put();
        var before = awaitState(CanaryState.Active);
        var next = nextVersion();
        host.exec("systemd-run", "--quiet", "--unit=watch", "sh", "-c", WATCH_TICKS)
                .orThrow();

        host.exec("dpkg", "--install", next).orThrow();

        await().until(() -> ticks().size() > 4);
        host.exec("systemctl", "stop", "watch").orThrow();
        assertThat(longestPause(ticks())).isLessThan(3000);
        agent.awaitAnswer();
        var after = unit();
        assertThat(after.state()).isEqualTo(CanaryState.Active);
        assertThat(after.engine()).isEqualTo(before.engine());
        done(client.rollBack(UNIT, rollback("manual")));
        awaitState(CanaryState.Home);
    }

    @Test
    @DisplayName("brings the engine home before it is removed, and is not removed when the engine does not get there")
    void removal() {
        put();
        awaitState(CanaryState.Active);
        host.shell("mount --bind %1$s %1$s && mount -o remount,bind,ro %1$s".formatted(STATE))
                .orThrow();

        var refusal = host.exec("dpkg", "--remove", "qsc-agent");

        assertThat(refusal.exitCode()).isNotZero();
        assertThat(refusal.stderr()).contains("not removed, since these are not home", "quantum-ai_engine");
        assertThat(engineStatus()).contains("weights_digest=" + baseline.digest());
        agent.awaitAnswer();

        host.exec("umount", STATE).orThrow();
        host.exec("dpkg", "--remove", "qsc-agent").orThrow();
        assertThat(engineStatus()).contains("weights_digest=" + baseline.digest());
        assertThat(host.exec("systemctl", "list-units", "--state=active", "--no-legend", "qsc-*")
                        .stdout())
                .isBlank();

        host.installDeb(HostAgent.deb());
        agent.awaitAnswer();
        put();
        awaitState(CanaryState.Active);
    }

    @Test
    @DisplayName("confines the agent, explains itself in man pages, and finds what is wrong on a host")
    void confinedAndExplained() {
        assertThat(host.exec("systemd-analyze", "security", "--threshold=15", "qsc-agent.service"))
                .returns(0, Command::exitCode);
        for (var page : List.of("qsc-agent", "qsc-enroll")) {
            assertThat(host.shell("zcat /usr/share/man/man8/" + page + ".8.gz").stdout())
                    .contains(".SH NAME\n" + page);
        }
        assertThat(host.exec("qsc-agent", "doctor")).returns(0, Command::exitCode);

        host.shell(
                        "systemctl stop qsc-guard@quantum-ai_engine.timer; systemctl mask polkit; chmod 0600 /etc/qsc-agent/tls/agent.key")
                .orThrow();

        var diagnosis = host.exec("qsc-agent", "doctor");
        assertThat(diagnosis.exitCode()).isEqualTo(1);
        assertThat(diagnosis.stdout().lines().filter(line -> line.startsWith("wrong")))
                .hasSize(3)
                .anyMatch(line -> line.contains("systemctl enable --now qsc-guard@quantum-ai_engine.timer"))
                .anyMatch(line -> line.contains("polkit cannot be started"))
                .anyMatch(line -> line.contains("chgrp qsc-agent /etc/qsc-agent/tls/agent.key"));
    }

    @Test
    @DisplayName("leaves nothing but the baseline, where the engine reads it, when it is purged")
    void purge() {
        host.exec("dpkg", "--purge", "qsc-agent").orThrow();
        assertThat(host.shell(
                                "find /etc /run /usr /var/lib/qsc /var/log ! -type d -path '*qsc*' ! -path '*example-engine*'")
                        .stdout()
                        .lines())
                .containsExactly(ExampleEngine.BASELINE);
        host.exec("systemctl", "restart", UNIT).orThrow();
        assertThat(engineStatus()).contains("weights_digest=" + baseline.digest());
    }

    /** The same package as a later version, on the host. */
    private String nextVersion() {
        host.shell("""
                cd /var/tmp
                dpkg-deb --raw-extract qsc-agent_0.1.0_amd64.deb next
                sed -i 's/^Version: .*/Version: 0.2.0/' next/DEBIAN/control
                dpkg-deb -Znone --build next next.deb
                """).orThrow();
        return "/var/tmp/next.deb";
    }

    /** When the guard ticked while it was watched, in milliseconds. */
    private List<Long> ticks() {
        return host.exec("cat", "/run/ticks")
                .orThrow()
                .stdout()
                .lines()
                .map(Long::valueOf)
                .toList();
    }

    private static long longestPause(List<Long> ticks) {
        return IntStream.range(1, ticks.size())
                .mapToLong(tick -> ticks.get(tick) - ticks.get(tick - 1))
                .max()
                .orElseThrow();
    }

    private CanaryRequest put() {
        return put(LEADER);
    }

    private CanaryRequest put(Epoch leader) {
        var now = Instant.now();
        var request = new CanaryRequest(
                rollout,
                "attempt-1",
                operation(),
                leader,
                0,
                ExampleEngine.SHADOW_MODEL,
                10,
                ExampleEngine.CANARY_WEIGHTS,
                baseline.digest(),
                deadline(),
                Duration.ofMinutes(1),
                new GateEvidence(342, now.minusSeconds(60), now, Duration.ofHours(6)));
        done(client.put(UNIT, request));
        return request;
    }

    private Operation operation() {
        return new Operation(UUID.randomUUID().toString(), sequence.incrementAndGet());
    }

    private RollbackRequest rollback(String trigger, String... violations) {
        return new RollbackRequest(rollout, operation(), trigger, List.of(violations));
    }

    private long deadline() {
        return unit().clock().boot() + LEASE.toMillis();
    }

    private UnitState unit() {
        return done(client.unit(UNIT));
    }

    private UnitState awaitState(CanaryState state) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(unit())
                        .extracting(UnitState::state, UnitState::message)
                        .startsWith(state));
        return unit();
    }

    private String engineStatus() {
        return host.exec("systemctl", "show", "--property=StatusText", UNIT)
                .orThrow()
                .stdout();
    }

    private List<String> ledger() {
        return host.exec("cat", "/var/log/qsc/qsc_canary.jsonl")
                .orThrow()
                .stdout()
                .lines()
                .map(line -> line.replaceFirst(".*\"action\": ?\"([a-z_]+)\".*", "$1"))
                .toList();
    }

    private static <T> T done(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done<T>) answer).value();
    }
}
