package dev.qsc.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.OperatorProcess;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.RedisServer;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restart of an engine is not idempotent: whatever happens to the operator, each is asked for once. */
@NeedsControlPlane
@DisplayName("An operator that")
class SideEffectsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ROLLOUT = "rollout";

    @TempDir
    private static Path directory;

    private static Cluster cluster;
    private static RedisServer redis;
    private static StandInEngine engine;

    private StandInAgent agent;
    private OperatorProcess operator;

    @BeforeAll
    static void startWorld() {
        cluster = Cluster.start(directory.resolve("cluster"), Pki.in(directory.resolve("pki")));
        redis = RedisServer.start(directory.resolve("redis"));
        engine = StandInEngine.start(redis.url());
        Apply.redis(cluster, redis.url());
    }

    @AfterAll
    static void stopWorld() {
        engine.close();
        redis.close();
        cluster.close();
    }

    @BeforeEach
    void start() {
        agent = StandInAgent.start(cluster.pki());
        operator = cluster.startOperator("operator").awaitLeading();
        Apply.host(cluster, "host", agent.address());
        Apply.rollout(cluster, ROLLOUT, "host", "interval: 1s", "30s");
    }

    @AfterEach
    void stop() {
        try {
            agent.loseAnswers(false);
            cluster.rollout(ROLLOUT).delete();
            await().atMost(SOON).until(() -> cluster.rollout(ROLLOUT).get() == null);
        } finally {
            operator.close();
            agent.close();
        }
    }

    @Test
    @DisplayName("reconciles ten times a second activates once")
    void manyReconciles() {
        for (int i = 0; phase() != Phase.Monitoring; i++) {
            annotate("qsc.dev/nudge", i);
            assertThat(i).as("edits before the canary was watched").isLessThan(3_000);
        }

        awaitPassedChecks(3);
        assertThat(operations()).hasSize(1);
        assertThat(agent.calls()).doesNotContain("DELETE /canary");
    }

    @Test
    @DisplayName("was killed goes on where it was, without another activation")
    void killed() {
        awaitPassedChecks(2);
        operator.kill();

        operator = cluster.startOperator("operator").awaitLeading();

        awaitPassedChecks(3);
        assertThat(operations()).hasSize(1);
        assertThat(agent.calls()).doesNotContain("DELETE /canary");
    }

    @Test
    @DisplayName("never hears how an activation ended asks, instead of activating again")
    void lostAnswers() {
        agent.loseAnswers(true);
        await().atMost(SOON).until(() -> !agent.activations().isEmpty());
        agent.loseAnswers(false);

        awaitPassedChecks(2);
        assertThat(operations()).hasSize(1);
    }

    @Test
    @DisplayName("sees its rollout deleted rolls back before it lets go")
    void deleted() {
        awaitPassedChecks(1);

        cluster.rollout(ROLLOUT).delete();

        await().atMost(SOON).until(() -> cluster.rollout(ROLLOUT).get() == null);
        assertThat(agent.calls()).containsOnlyOnce("DELETE /canary");
    }

    @Test
    @DisplayName("loses Redis rolls back after the fourth check that could not be made")
    void redisDown() {
        awaitPassedChecks(2);

        engine.close();
        redis.stop();
        try {
            await().atMost(SOON).until(() -> phase() == Phase.RolledBack);
            assertThat(cluster.rollout(ROLLOUT).get().getStatus().violations())
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.message()).contains("cannot be reached"));
        } finally {
            redis.resume();
            engine = StandInEngine.start(redis.url());
        }
    }

    private static void annotate(String name, int value) {
        cluster.rollout(ROLLOUT)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%d\"}}}".formatted(name, value));
    }

    private List<String> operations() {
        return agent.activations().stream()
                .map(CanaryRequest::operation)
                .map(operation -> operation.id())
                .distinct()
                .toList();
    }

    private static Phase phase() {
        var status = cluster.rollout(ROLLOUT).get().getStatus();
        return status == null ? null : status.phase();
    }

    /** Waits for checks of a watched canary that pass, from now on. */
    private void awaitPassedChecks(int more) {
        await().atMost(SOON).until(() -> phase() == Phase.Monitoring);
        var before = passedChecks();
        await().atMost(SOON).until(() -> passedChecks() >= before + more);
    }

    private long passedChecks() {
        return operator.log()
                .lines()
                .filter(line -> line.contains("order=Check") && line.contains("verdict=GO"))
                .count();
    }
}
