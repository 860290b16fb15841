package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.TestHost;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsTestHost
@DisplayName("A host")
class CanaryOnHostTest {
    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("canary");
        EngineOnHost.prepare(host);
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
    @DisplayName("puts a canary into every process of the engine, forked workers too, and says so in the ledger")
    void activates() throws Exception {
        var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
        engine.activate();

        var weights = "/var/lib/qsc/" + engine.unit + "/weights/" + ExampleEngine.CANARY_WEIGHTS.digest() + ".json";
        assertThat(engine.read(weights)).contains(ExampleEngine.CANARY_WEIGHTS.canonicalJson());
        assertThat(engine.environments())
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(environment -> assertThat(environment)
                        .contains(
                                "QSC_CANARY_WEIGHTS=" + weights + " ",
                                "QSC_CANARY_MODEL=patchtst ",
                                "QSC_CANARY_TRAFFIC=0.10 ",
                                "INVOCATION_ID=" + engine.property("InvocationID")));
        assertThat(engine.read("/etc/systemd/system/" + engine.unit + ".d/qsc_canary.conf"))
                .hasValueSatisfying(dropin -> assertThat(dropin)
                        .contains("trading/patchtst", "EnvironmentFile=-/run/qsc/" + engine.unit + "/canary.env")
                        .doesNotContain("QSC_CANARY_", "patchtst.json"));
        assertThat(engine.fence()).containsEntry("state", "Active").containsEntry("operation", engine.operation);

        assertThat(engine.ledger())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(
                                "\"action\":\"canary_activated\"",
                                "\"canary_model\":\"patchtst\"",
                                "\"canary_weight\":0.10",
                                "\"weights\":"
                                        + ExampleEngine.CANARY_WEIGHTS
                                                .canonicalJson()
                                                .strip(),
                                "\"cutover_ts\":\"2026-01-10T05:43:15Z\"",
                                "\"quality_gate_events\":342",
                                "\"monitoring_duration_hours\":6,",
                                "\"rollback_cmd\":\"systemctl start qsc-rollback@" + engine.unit + "\"",
                                "\"systemd_override\":\"" + weights + "\"",
                                "\"baseline_weights_file\":",
                                "\"rollout\":\"trading/patchtst\"",
                                "\"operation\":\"" + engine.operation + "\""));
        assertLedgerIsChained(engine);
    }

    @Test
    @DisplayName("restarts the engine once for an operation, however often it is asked")
    void idempotent() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        var invocation = engine.property("InvocationID");

        engine.run("apply").orThrow();

        assertThat(engine.property("InvocationID")).isEqualTo(invocation);
        assertThat(engine.ledger()).hasSize(1);
    }

    @Test
    @DisplayName("keeps the canary for as long as the lease is renewed, also when an administrator restarts the engine")
    void keepsWhileLeased() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        engine.lease(Duration.ofSeconds(4));
        host.exec("systemctl", "restart", engine.unit).orThrow();
        for (var renewal = 0; renewal < 3; renewal++) {
            var tick = engine.read("/run/qsc/" + engine.unit + "/tick");
            await().until(() ->
                    !engine.read("/run/qsc/" + engine.unit + "/tick").equals(tick));
            engine.lease(Duration.ofSeconds(4));
        }

        assertThat(engine.armed()).containsEntry("stage", "active");
        assertThat(engine.environments())
                .isNotEmpty()
                .allMatch(environment -> environment.contains("QSC_CANARY_MODEL"));
    }

    @Test
    @DisplayName("waits for an engine that loads for longer than it soaks")
    void slowStart() {
        var engine = EngineOnHost.start(host, "Environment=CANARY=starts-slowly");
        engine.activate();
        assertThat(engine.property("ActiveState")).isEqualTo("active");
    }

    @Test
    @DisplayName("rolls back on request, and the ledger keeps the violations without what JSON could trip over")
    void rollsBack() throws Exception {
        var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
        engine.activate();

        engine.ask(engine.rollbackRequest(
                2, "Action collapse: HOLD=78.3% (>70%)", "Flat \"predictions\" \\ \u0007 ümläut"));
        engine.run("rollback").orThrow();

        engine.awaitRunningHome(Duration.ofSeconds(2));
        assertThat(engine.fence()).containsEntry("tombstone", "2");
        assertThat(engine.ledger())
                .last()
                .asString()
                .contains(
                        "\"action\":\"rollback_executed\"",
                        "\"canary_model\":\"patchtst\"",
                        "\"violations\":[\"Action collapse: HOLD=78.3% (>70%)\",\"Flat predictions   ümläut\"]",
                        "\"trigger\":\"qsc_monitor_violation\"");
        assertLedgerIsChained(engine);
    }

    @Test
    @DisplayName("rolls back by hand, without agent, request or list of units")
    void rollsBackByHand() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.shell("rm -r /run/qsc-agent/" + engine.unit + "/request /etc/qsc-agent/units.d/" + engine.unit + ".yaml");

        engine.run("rollback").orThrow();

        engine.awaitRunningHome(Duration.ofSeconds(2));
        assertThat(engine.ledger())
                .last()
                .asString()
                .contains(
                        "\"trigger\":\"manual\"",
                        "\"violations\":null",
                        "\"baseline_restored\":\"/var/lib/qsc/" + engine.unit);
    }

    @Test
    @DisplayName("leaves the canary alone when another rollout is rolled back")
    void anotherRollout() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        var request = engine.rollbackRequest(7);
        request.put("uid", "somebody-else");
        request.put("rollout", "trading/other");

        engine.ask(request);
        engine.run("rollback").orThrow();

        assertThat(engine.armed()).containsEntry("stage", "active");
        assertThat(engine.read("/var/lib/qsc/" + engine.unit + "/fences/somebody-else"))
                .hasValueSatisfying(fence -> assertThat(fence).contains("tombstone=7"));
    }

    @Test
    @DisplayName("does not let a late operation, or a former leader's, bring back what is over, also after a power cut")
    void tombstone() {
        var engine = EngineOnHost.start(host);
        engine.ask(engine.fenceRequest(3, "leader-c"));
        engine.run("record").orThrow();
        var invocation = engine.property("InvocationID");
        engine.ask(engine.rollbackRequest(5));
        engine.run("rollback").orThrow();

        engine.lease(Duration.ofMinutes(1));
        var late = engine.applyRequest();
        late.put("sequence", "5");
        late.put("epoch", "3");
        late.put("holder", "leader-c");
        engine.ask(late);

        assertThat(engine.run("apply").exitCode()).isNotZero();
        assertThat(engine.journal("apply")).contains("was rolled back before it came");
        engine.assertUntouched(invocation);
        host.powerCut();
        host.boot();
        engine.lease(Duration.ofMinutes(1));
        engine.ask(late);
        assertThat(engine.run("apply").exitCode()).isNotZero();
        var former = engine.applyRequest();
        former.put("sequence", "6");
        engine.ask(former);
        assertThat(engine.run("apply").exitCode()).isNotZero();
        assertThat(engine.journal("apply")).contains("epoch 1 is over: 3 of leader-c was seen");
        assertThat(engine.armed()).isEmpty();
    }

    @Test
    @DisplayName("listens to the newest leader only")
    void fencing() {
        var engine = EngineOnHost.start(host);
        engine.ask(engine.fenceRequest(3, "leader-c"));
        engine.run("record").orThrow();
        engine.ask(engine.fenceRequest(3, "leader-d"));
        assertThat(engine.run("record").exitCode()).isNotZero();
        engine.ask(engine.fenceRequest(2, "leader-b"));
        assertThat(engine.run("record").exitCode()).isNotZero();

        engine.lease(Duration.ofMinutes(1));
        engine.ask(engine.applyRequest());
        assertThat(engine.run("apply").exitCode()).isNotZero();

        assertThat(engine.journal("apply")).contains("epoch 1 is over: 3 of leader-c was seen");
        assertThat(engine.fence()).containsEntry("epoch", "3").containsEntry("holder", "leader-c");
        assertThat(engine.armed()).isEmpty();
    }

    @Test
    @DisplayName("makes the canary the baseline when it is promoted, and keeps it when that is confirmed")
    void promotes() throws Exception {
        var engine = EngineOnHost.start(host);
        engine.activate();
        engine.ask(engine.recordRequest());
        engine.run("record").orThrow();
        engine.run("record").orThrow();

        var promotion = engine.promote();
        assertThat(engine.armed())
                .containsEntry("stage", "promoted")
                .containsEntry("old_digest", engine.baselineDigest);
        assertThat(engine.baseline()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        assertThat(engine.environments()).isNotEmpty().noneMatch(environment -> environment.contains("QSC_CANARY_"));

        engine.ask(engine.confirmRequest(promotion));
        engine.run("promote").orThrow();
        await().untilAsserted(() -> assertThat(engine.armed()).isEmpty());
        assertThat(engine.baseline()).isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        assertThat(engine.fence()).containsEntry("state", "Promoted");
        assertThat(engine.property("DropInPaths")).isEmpty();
        assertThat(engine.ledger()).hasSize(3);
        assertThat(engine.ledger().get(1))
                .contains(
                        "\"action\":\"monitoring_completed\"",
                        "\"canary_model\":\"patchtst\"",
                        "\"duration_hours\":6,",
                        "\"checks_performed\":720",
                        "\"violations\":null",
                        "\"result\":\"safe\"");
        assertLedgerIsChained(engine);
    }

    @Test
    @DisplayName("comes back to the old baseline when a promotion is not confirmed, and restarts the engine on it")
    void promotionIsUndone() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        engine.promote();
        var promoted = engine.property("InvocationID");

        engine.ask(engine.rollbackRequest(3));
        engine.run("rollback").orThrow();

        engine.awaitRunningHome(Duration.ofSeconds(2));
        assertThat(engine.property("InvocationID")).isNotEqualTo(promoted);
    }

    @Test
    @DisplayName("refuses an operation without touching anything when the guard does not tick")
    void deadGuard() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        host.exec("systemctl", "stop", "qsc-guard@" + engine.name + ".timer").orThrow();
        engine.lease(Duration.ofMinutes(1));
        engine.ask(engine.applyRequest());

        assertThat(engine.run("apply").exitCode()).isNotZero();

        engine.assertUntouched(invocation);
        assertThat(engine.fence())
                .containsEntry("state", "Failed")
                .containsEntry("operation", engine.operation)
                .hasEntrySatisfying("message", message -> assertThat(message).contains("the guard does not tick"));
    }

    @Test
    @DisplayName("refuses weights that were computed from another baseline")
    void otherBaseline() {
        var engine = EngineOnHost.start(host);
        assertRefused(engine, Map.of("old_digest", "0".repeat(64)), "the baseline is not");
    }

    @Test
    @DisplayName("refuses an engine that does not run, and one that could not be brought home")
    void unfitEngines() {
        var stopped = EngineOnHost.start(host);
        host.exec("systemctl", "stop", stopped.unit).orThrow();
        assertRefused(stopped, Map.of(), "the engine is not active");

        var leaving = EngineOnHost.start(host);
        host.write("/etc/systemd/system/" + leaving.unit + ".d/kill.conf", "[Service]\nKillMode=process\n");
        host.exec("systemctl", "daemon-reload").orThrow();
        leaving.lease(Duration.ofMinutes(1));
        leaving.ask(leaving.applyRequest());
        assertThat(leaving.run("apply").exitCode()).isNotZero();
        assertThat(leaving.fence())
                .hasEntrySatisfying("message", message -> assertThat(message).contains("KillMode=process"));
    }

    @Test
    @DisplayName("refuses an operation that the ledger has no room for")
    void noRoom() {
        var engine = EngineOnHost.start(host);
        host.shell("mount -t tmpfs -o size=32k,mode=0750,gid=qsc-agent qsc /var/log/qsc")
                .orThrow();
        try {
            assertRefused(engine, Map.of(), "has no room");
        } finally {
            host.shell("umount /var/log/qsc").orThrow();
        }
    }

    @Test
    @DisplayName("takes an operation back whose drop-in cannot be written, before the engine was touched")
    void readOnly() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        engine.lease(Duration.ofMinutes(1));
        engine.ask(engine.applyRequest());
        host.shell("mount --bind /etc /etc; mount -o remount,bind,ro /etc").orThrow();
        try {
            assertThat(engine.run("apply").exitCode()).isNotZero();

            engine.awaitHome();
            assertThat(engine.property("InvocationID")).isEqualTo(invocation);
            assertThat(engine.fence())
                    .hasEntrySatisfying(
                            "message", message -> assertThat(message).contains("cannot be written"));
        } finally {
            host.shell("umount /etc").orThrow();
        }
    }

    private static void assertRefused(EngineOnHost engine, Map<String, String> changes, String reason) {
        var invocation = engine.property("InvocationID");
        var request = engine.applyRequest();
        request.putAll(changes);
        engine.lease(Duration.ofMinutes(1));
        engine.ask(request);

        assertThat(engine.run("apply").exitCode()).isNotZero();

        engine.assertUntouched(invocation);
        assertThat(engine.fence())
                .containsEntry("state", "Failed")
                .hasEntrySatisfying("message", message -> assertThat(message).contains(reason));
    }

    private static void assertLedgerIsChained(EngineOnHost engine) throws Exception {
        Ledger.assertChained(engine.read("/var/log/qsc/qsc_canary.jsonl")
                .orElseThrow()
                .lines()
                .toList());
    }
}
