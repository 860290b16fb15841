package dev.qsc.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.FreePort;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.OperatorProcess;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** What rollouts on one stream share, and how soon they see what is added to it; over TLS, with the least rights. */
@NeedsControlPlane
@DisplayName("Ten rollouts on one stream")
class SharedTelemetryTest {
    private static final int ROLLOUTS = 10;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BAD_EVENT = """
            {"model_breakdown": {"xgb": {"action": "BUY", "confidence": 0.7}, \
            "patchtst": {"action": "BUY", "confidence": NaN}}}""";

    @TempDir
    private static Path directory;

    private static Cluster cluster;
    private static RedisServer redisServer;

    private final List<StandInAgent> agents = new ArrayList<>();
    private StandInEngine engine;
    private OperatorProcess operator;

    @BeforeAll
    static void startWorld() throws IOException {
        var pki = Pki.in(directory.resolve("pki"));
        cluster = Cluster.start(directory.resolve("cluster"), pki);
        var port = FreePort.on("127.0.0.1");
        var identity = pki.agent("redis", "127.0.0.1");
        redisServer = RedisServer.start(
                directory.resolve("redis"),
                "127.0.0.1",
                List.of(
                        "tls-port " + port,
                        "tls-cert-file " + identity.certificate(),
                        "tls-key-file " + identity.key(),
                        "tls-ca-cert-file " + pki.authority(),
                        "tls-auth-clients no",
                        "user qsc on >secret ~" + StandInEngine.STREAM + " +xread +xrevrange +type +time"));
        Apply.redis(cluster, "rediss://qsc:secret@127.0.0.1:" + port, Files.readString(pki.authority()));
    }

    @AfterAll
    static void stopWorld() {
        redisServer.close();
        cluster.close();
    }

    private void watch(String monitor, String lease) {
        engine = StandInEngine.start(redisServer.url());
        operator = cluster.startOperator("operator").awaitLeading();
        for (int i = 0; i < ROLLOUTS; i++) {
            var agent = StandInAgent.start(cluster.pki());
            agents.add(agent);
            Apply.host(cluster, "host-" + i, agent.address());
            Apply.rollout(cluster, "rollout-" + i, "host-" + i, monitor, lease);
        }
        awaitAll(status -> "GO".equals(status.display().verdict()));
    }

    @AfterEach
    void stop() {
        try {
            for (int i = 0; i < ROLLOUTS; i++) {
                cluster.rollout("rollout-" + i).delete();
            }
            await().atMost(SOON).until(() -> statuses().isEmpty());
        } finally {
            operator.close();
            agents.forEach(StandInAgent::close);
            engine.close();
            ask(redis -> redis.del(StandInEngine.STREAM));
        }
    }

    private static void awaitAll(Predicate<CanaryRolloutStatus> wish) {
        await().atMost(SOON)
                .until(() -> statuses().size() == ROLLOUTS
                        && statuses().stream().allMatch(status -> status != null && wish.test(status)));
    }

    private static List<CanaryRolloutStatus> statuses() {
        return cluster.client().resources(CanaryRollout.class).inNamespace(Cluster.NAMESPACE).list().getItems().stream()
                .map(rollout -> rollout.getStatus())
                .toList();
    }

    @Test
    @DisplayName("fetch each entry once, and go on after a restart and after the stream was trimmed, which is said")
    void shareOneReader() {
        watch("interval: 1s", "30s");

        long added = bytes("total_net_input_bytes");
        long fetched = bytes("total_net_output_bytes");
        awaitChecks(10 * ROLLOUTS);
        added = bytes("total_net_input_bytes") - added;
        fetched = bytes("total_net_output_bytes") - fetched;
        assertThat(fetched).as("fetched bytes, where %s were added", added).isLessThan(2 * added);

        operator.kill();
        operator = cluster.startOperator("operator").awaitLeading();
        ask(redis -> redis.xtrim(StandInEngine.STREAM, 0, false));
        awaitChecks(2 * ROLLOUTS);
        ask(redis -> redis.xtrim(StandInEngine.STREAM, 0, false));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.kubectl(
                                "get",
                                "events",
                                "-n",
                                Cluster.NAMESPACE,
                                "--field-selector=reason=TelemetryIncomplete"))
                        .contains("rollout-0", "rollout-9", "no longer holds entry"));
        awaitChecks(2 * ROLLOUTS);
        assertThat(statuses()).allMatch(status -> status.phase() == Phase.Monitoring);
        assertThat(agents)
                .allMatch(agent -> agent.activations().stream()
                                .map(activation -> activation.operation().id())
                                .distinct()
                                .count()
                        == 1);
    }

    @Test
    @DisplayName("are rolled back in mode Continuous long before the interval is over")
    void continuous() {
        watch("interval: 30s, mode: Continuous", "3m");

        ask(redis -> redis.xadd(
                StandInEngine.STREAM,
                StreamEntryID.NEW_ENTRY,
                Map.of("event_type", "trade.intent", "payload", BAD_EVENT)));

        await().atMost(Duration.ofSeconds(5))
                .until(() -> agents.stream().allMatch(agent -> agent.calls().contains("DELETE /canary")));
        awaitAll(status -> status.phase() == Phase.RolledBack);
        assertThat(statuses())
                .allSatisfy(status -> assertThat(status.violations())
                        .extracting(CanaryRolloutStatus.Violation::reason)
                        .contains("patchtst:INVALID_PREDICTIONS"));
    }

    @Test
    @DisplayName("are rolled back in mode Continuous after four intervals without Redis, as in mode Interval")
    void redisDown() {
        watch("interval: 2s, mode: Continuous", "30s");

        engine.close();
        redisServer.stop();
        try {
            awaitAll(status -> status.phase() == Phase.RolledBack);
        } finally {
            redisServer.resume();
            engine = StandInEngine.start(redisServer.url());
        }
        for (int i = 0; i < ROLLOUTS; i++) {
            assertThat(checks("rollout=trading/rollout-" + i + " ", "verdict=Error"))
                    .isEqualTo(4);
        }
    }

    private static <T> T ask(Function<Jedis, T> question) {
        try (var redis = new Jedis(redisServer.url())) {
            return question.apply(redis);
        }
    }

    private static long bytes(String counter) {
        return ask(redis -> redis.info("stats"))
                .lines()
                .filter(line -> line.startsWith(counter + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(counter.length() + 1).strip()))
                .sum();
    }

    /** Waits for checks that pass, from now on. */
    private void awaitChecks(int more) {
        long before = checks("verdict=GO");
        await().atMost(SOON).until(() -> checks("verdict=GO") >= before + more);
    }

    /** Checks that were made, whose line in the log holds these words. */
    private long checks(String... words) {
        return operator.log()
                .lines()
                .filter(line -> line.contains("order=Check") && Stream.of(words).allMatch(line::contains))
                .count();
    }
}
