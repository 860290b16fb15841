package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.HostAgent;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.TestHost;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsTestHost
@DisplayName("A host with systemd 257, installed from the rpm,")
class NewerSystemdTest {
    private static final String RPM = "/root/qsc-agent.rpm";

    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("newer", TestHost.Release.TRIXIE);
        host.copy(HostAgent.rpm(), RPM);
        // The host's rpm does not know what its dpkg has installed.
        host.exec("rpm", "--install", "--nodeps", RPM).orThrow();
        EngineOnHost.bringEngine(host);
    }

    @AfterEach
    void retire() {
        EngineOnHost.retireAll(host);
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @Test
    @DisplayName("confines the agent, puts a canary in, and makes it the baseline")
    void promotes() {
        assertThat(host.exec("systemd-analyze", "security", "--threshold=15", "qsc-agent.service"))
                .returns(0, Command::exitCode);
        var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
        engine.activate();
        assertThat(engine.environments())
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(environment -> environment.contains("QSC_CANARY_MODEL=patchtst "));

        var promotion = engine.promote();
        engine.ask(engine.confirmRequest(promotion));
        engine.run("promote").orThrow();

        await().untilAsserted(() -> assertThat(engine.armed()).isEmpty());
        assertThat(engine.baseline()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        assertThat(engine.property("DropInPaths")).doesNotContain("qsc_canary");
    }

    @Test
    @DisplayName("comes home when the lease ends, through reloads and past the engine's start limit")
    void lapse() {
        var engine = EngineOnHost.start(host, "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2");
        engine.activate();
        engine.lease(Duration.ofSeconds(2));
        host.shell("for n in 1 2 3 4 5 6 7 8; do systemctl daemon-reload; done").orThrow();

        engine.awaitRunningHome(Duration.ofSeconds(10));
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"lease_lapsed\"");
    }

    @Test
    @DisplayName("comes home after a power cut, and after a soft reboot as soon as the lease ends, which outlives that")
    void boots() {
        var cut = EngineOnHost.start(host);
        cut.activate();
        host.powerCut();
        host.boot();
        cut.awaitRunningHome(Duration.ofSeconds(5));

        var soft = EngineOnHost.start(host);
        soft.activate();
        soft.lease(Duration.ofSeconds(20));
        host.exec("systemctl", "soft-reboot");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> host.exec("systemctl", "show", "--value", "--property=SoftRebootsCount")
                        .stdout()
                        .strip()
                        .equals("1"));
        await().atMost(Duration.ofMinutes(1)).until(() -> soft.armed().isEmpty());
        soft.awaitRunningHome(Duration.ofSeconds(5));
        assertThat(soft.ledger()).last().asString().contains("rollback_executed");
    }

    @Test
    @DisplayName("keeps a canary while the package is upgraded, and brings it home before the package is removed")
    void rpm() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        var invocation = engine.property("InvocationID");

        host.exec("rpm", "--upgrade", "--nodeps", "--force", RPM).orThrow();
        assertThat(engine.armed()).containsEntry("stage", "active");
        assertThat(engine.property("InvocationID")).isEqualTo(invocation);

        host.exec("rpm", "--erase", "qsc-agent").orThrow();
        engine.awaitRunningHome(Duration.ofSeconds(5));
        assertThat(host.shell("find /usr/lib/qsc* /etc/systemd/system -name 'qsc*' 2>/dev/null || true")
                        .stdout())
                .isEmpty();
        host.exec("rpm", "--install", "--nodeps", RPM).orThrow();
        EngineOnHost.start(host).activate();
    }
}
