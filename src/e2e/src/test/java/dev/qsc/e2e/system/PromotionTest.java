package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qsc.api.Phase;
import dev.qsc.e2e.host.Ledger;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Site;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@InLab
@DisplayName("A healthy canary")
class PromotionTest {

    private static final List<String> ORIGINAL_ACTIVATION = List.of(
            "action",
            "canary_model",
            "canary_weight",
            "weights",
            "cutover_ts",
            "quality_gate_events",
            "monitoring_duration_hours",
            "rollback_cmd",
            "systemd_override",
            "baseline_weights_file");

    private static Cluster cluster;
    private static Site site;

    @BeforeAll
    static void prepare(Lab lab) {
        cluster = lab.cluster();
        site = lab.addSite("promoted");
    }

    @Test
    @DisplayName("completes its step, waits for a person, becomes the baseline, and the ledger tells it all")
    void promotion() throws Exception {
        var rollout = Rollout.on(cluster, site)
                .with("engine.acknowledge", "Event")
                .apply()
                .await(Phase.AwaitingPromotion);
        var completed = rollout.status();
        assertThat(completed.canary().slots().judged()).isEqualTo(5);
        rollout.awaitMessage("qsc.dev/promote=" + completed.attemptId());
        assertThat(site.runsCanary()).isTrue();

        rollout.annotate("promote", "an-older-attempt");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(events()).contains("an-older-attempt' is not the current attempt id"));
        assertThat(rollout.status().phase()).isEqualTo(Phase.AwaitingPromotion);

        rollout.annotate("promote", completed.attemptId()).await(Phase.Promoted);
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(site.baseline()).isEqualTo(json("{'lgbm':0.225,'nhits':0.45,'patchtst':0.1,'xgb':0.225}"));
        assertThat(site.engineProperty("StatusText"))
                .contains("weights_digest=" + completed.canary().digestAfter());

        rollout.remove();
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(site.baseline().has(Rollout.MODEL)).isTrue();

        var ledger = site.ledger();
        Ledger.assertChained(site.ledgerLines());
        assertThat(ledger.stream().map(record -> record.get("action").asText()))
                .containsExactly("canary_activated", "monitoring_completed", "canary_promoted");
        assertThat(only(ledger.get(0), ORIGINAL_ACTIVATION)).isEqualTo(json("""
                {'action': 'canary_activated',
                 'canary_model': 'patchtst',
                 'canary_weight': 0.10,
                 'weights': {'lgbm': 0.225, 'nhits': 0.45, 'patchtst': 0.1, 'xgb': 0.225},
                 'cutover_ts': '%s',
                 'quality_gate_events': %d,
                 'monitoring_duration_hours': 0.00138889,
                 'rollback_cmd': 'systemctl start qsc-rollback@%s',
                 'systemd_override': '/var/lib/qsc/%s/weights/%s.json',
                 'baseline_weights_file': '/var/lib/qsc/%s/weights/%s.json'}
                """.formatted(
                        completed.cutover(),
                        completed.gate().events(),
                        ExampleEngine.UNIT,
                        ExampleEngine.UNIT,
                        completed.canary().digestAfter(),
                        ExampleEngine.UNIT,
                        completed.canary().digestBefore())));
        assertThat(only(ledger.get(1), List.of("action", "canary_model", "checks_performed", "violations", "result")))
                .isEqualTo(json("""
                        {'action': 'monitoring_completed', 'canary_model': 'patchtst', 'checks_performed': 5,
                         'violations': null, 'result': 'safe'}
                        """));
        assertThat(ledger)
                .allSatisfy(record -> assertThat(
                                Instant.parse(record.get("timestamp").asText()))
                        .isBetween(Instant.now().minus(Duration.ofMinutes(3)), Instant.now()));
    }

    private static String events() {
        return cluster.kubectl("get", "events", "--namespace=" + Cluster.NAMESPACE);
    }

    private static JsonNode only(JsonNode record, List<String> members) {
        return ((ObjectNode) record.deepCopy()).retain(members);
    }

    private static JsonNode json(String text) {
        return Serialization.unmarshal(text.replace('\'', '"'), JsonNode.class);
    }
}
