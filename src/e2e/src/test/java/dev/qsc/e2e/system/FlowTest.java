package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qsc.api.CanaryRolloutStatus.Violation;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@InLab
@DisplayName("A canary")
class FlowTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private Cluster cluster;
    private Site site;
    private Rollout rollout;

    @BeforeEach
    void prepare(Lab lab) {
        cluster = lab.cluster();
        site = lab.site();
        rollout = Rollout.on(cluster, site);
    }

    @AfterEach
    void cleanUp() {
        rollout.remove();
        site.engine().behave(Rollout.MODEL, "healthy");
        site.restartEngine(); // what was published so far is not evidence for the next one
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("that misbehaves is rolled back, on every process of the engine")
    @CsvSource({
        "collapse, patchtst:ACTION_COLLAPSE:HOLD",
        "flat,     patchtst:FLAT",
        "narrow,   patchtst:NARROW",
        "nan,      patchtst:INVALID_PREDICTIONS",
        "silent,   CANARY_ABSENT:patchtst"
    })
    void misbehaves(String behaviour, String reason) {
        rollout.lasting(LONG).apply().awaitJudged(1);
        assertThat(site.runsCanary()).isTrue();
        assertThat(rollout.condition("CanaryActive").getStatus()).isEqualTo("True");

        site.engine().behave(Rollout.MODEL, behaviour);

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(rollout.status().violations()).extracting(Violation::reason).contains(reason);
        assertThat(rollout.condition("RollbackVerified").getStatus()).isEqualTo("True");
        assertThat(rollout.condition("Stalled").getStatus()).isEqualTo("True");
        assertThatObject(site.ledger().getLast())
                .returns("rollback_executed", record -> record.get("action").asText())
                .returns(Rollout.MODEL, record -> record.get("canary_model").asText())
                .returns(
                        "qsc_monitor_violation", record -> record.get("trigger").asText())
                .returns(messages(), record -> texts(record.get("violations")));
    }

    @Test
    @DisplayName("that misbehaves is rolled back in mode Continuous long before the next check would be made")
    void continuously() {
        rollout.lasting(LONG).with("monitor.mode", "Continuous").with("monitor.interval", "10s");
        rollout.with("rollback.leaseDuration", "30s").apply().awaitJudged(1);
        var slot = rollout.status().canary().slots().last();

        site.engine().behave(Rollout.MODEL, "nan");

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(rollout.status().canary().slots().last()).isEqualTo(slot);
    }

    private List<String> messages() {
        return rollout.status().violations().stream().map(Violation::message).toList();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    @Test
    @DisplayName("is rolled back when the engine falls silent")
    void engineFallsSilent() {
        rollout.lasting(LONG).apply().awaitJudged(1);

        site.engine().behave("*", "silent");
        site.engine().behave(Rollout.MODEL, "silent");

        try {
            rollout.await(Phase.RolledBack);
        } finally {
            site.engine().behave("*", "healthy");
        }
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(rollout.status().violations()).extracting(Violation::reason).contains("TELEMETRY_LOST");
    }

    @Test
    @DisplayName("that brings the engine down at its start is rolled back")
    void crashesAtStart() {
        site.engine().behave(Rollout.MODEL, "crash");

        rollout.apply().await(Phase.RolledBack);

        assertThat(site.isOnBaseline()).isTrue();
        assertThat(rollout.status().rollback().trigger()).isEqualTo("activation_failed");
    }

    @Test
    @DisplayName("is never there in a dry run")
    void dryRun() {
        var start = site.invocationId();
        var before = site.ledgerLines();

        rollout.with("dryRun", true).apply().await(Phase.DryRunPassed);

        assertThat(rollout.status().gate().models())
                .extracting(model -> model.name())
                .containsExactlyInAnyOrder("xgb", "lgbm", "nhits", Rollout.MODEL);
        assertThat(site.invocationId()).isEqualTo(start);
        assertThat(site.ledgerLines()).isEqualTo(before);
    }

    @Test
    @DisplayName("goes home before its rollout is deleted")
    void deletion() {
        rollout.lasting(LONG).apply().awaitJudged(1);

        rollout.remove();

        assertThat(site.isOnBaseline()).isTrue();
        assertThat(site.ledger().getLast().get("trigger").asText()).isEqualTo("deleted");
    }

    @Test
    @DisplayName("goes home before a changed spec is tried, from the gate on")
    void specChange() {
        rollout.lasting(LONG).apply().awaitJudged(1);
        var first = rollout.status().attemptId();

        rollout.with("steps", List.of(Map.of("weight", 20, "duration", "2m"))).apply();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> !rollout.status().attemptId().equals(first));
        rollout.await(Phase.Monitoring);
        assertThat(rollout.status().canary().weightsAfter()).containsEntry(Rollout.MODEL, "0.200000");
        assertThat(rollout.status().history().getFirst().phase()).isEqualTo(Phase.RolledBack);
        assertThat(site.ledger().stream().map(record -> record.get("action").asText()))
                .endsWith("canary_activated", "rollback_executed", "canary_activated");
    }

    @Test
    @DisplayName("goes home when somebody says so, and comes back when somebody says retry")
    void commands() {
        rollout.lasting(LONG).apply().awaitJudged(1);
        var first = rollout.status().attemptId();

        rollout.annotate("rollback", "now").await(Phase.RolledBack);

        assertThat(site.isOnBaseline()).isTrue();
        assertThat(site.ledger().getLast().get("trigger").asText()).isEqualTo("manual");
        rollout.annotate("retry", first);
        await().until(() -> rollout.status().attempt() == 2);
        rollout.await(Phase.Monitoring);
        assertThat(site.runsCanary()).isTrue();
    }

    @Test
    @DisplayName("that is paused is watched, and goes home when it misbehaves")
    void paused() {
        rollout.lasting(LONG).apply().awaitJudged(1);
        rollout.annotate("paused", "true");
        await().untilAsserted(() ->
                assertThat(rollout.condition("Paused").getStatus()).isEqualTo("True"));

        site.engine().behave(Rollout.MODEL, "collapse");

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
    }
}
