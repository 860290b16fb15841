package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.api.CanaryRolloutStatus.Violation;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.RedisServer;
import dev.qsc.e2e.lab.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine's events go to a Redis that only programs on its host reach. */
@InLab
@DisplayName("A canary whose events are read through its host's agent")
class ViaHostTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String SOURCE = "trading";

    @TempDir
    private static Path directory;

    private static RedisServer redis;

    private Lab lab;
    private Site site;
    private Rollout rollout;

    @BeforeAll
    static void hideRedis(Lab lab) {
        var site = lab.site();
        redis = RedisServer.start(directory, site.host());
        site.agent().handOn(SOURCE, redis.url(), ExampleEngine.STREAM);
        site.engine().publishTo(redis.url());
    }

    @AfterAll
    static void showRedis(Lab lab) {
        lab.site().engine().publishTo(lab.site().redis().url());
        redis.close();
    }

    @BeforeEach
    void prepare(Lab lab) {
        this.lab = lab;
        site = lab.site();
        rollout = rollout(Map.of("source", SOURCE)).lasting(LONG);
    }

    @AfterEach
    void cleanUp() {
        rollout.remove();
        site.engine().behave(Rollout.MODEL, "healthy");
        site.restartEngine(); // what was published so far is not evidence for the next one
    }

    private Rollout rollout(Map<String, String> viaHost) {
        return Rollout.on(lab.cluster(), site).with("telemetry", Map.of("viaHost", viaHost));
    }

    @Test
    @DisplayName("that misbehaves is rolled back")
    void misbehaves() {
        rollout.apply().awaitJudged(1);
        assertThat(site.runsCanary()).isTrue();

        site.engine().behave(Rollout.MODEL, "collapse");

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(reasons()).contains("patchtst:ACTION_COLLAPSE:HOLD");
    }

    @Test
    @DisplayName("that misbehaves is rolled back in mode Continuous long before the next check would be made")
    void continuously() {
        rollout.with("monitor.mode", "Continuous").with("monitor.interval", "10s");
        rollout.with("rollback.leaseDuration", "30s").apply().awaitJudged(1);
        var slot = rollout.status().canary().slots().last();

        site.engine().behave(Rollout.MODEL, "nan");

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(reasons()).contains("patchtst:INVALID_PREDICTIONS");
        assertThat(rollout.status().canary().slots().last()).isEqualTo(slot);
    }

    private Stream<String> reasons() {
        return rollout.status().violations().stream().map(Violation::reason);
    }

    @Test
    @DisplayName("is rolled back when that Redis is down, which is said with the names of host and stream")
    void redisDown() {
        rollout.apply().awaitJudged(1);

        redis.stop();
        try {
            rollout.await(Phase.RolledBack);
        } finally {
            redis.resume();
        }
        assertThat(site.isOnBaseline()).isTrue();
        assertThat(rollout.status().violations())
                .extracting(Violation::message)
                .anySatisfy(message -> assertThat(message)
                        .contains("4 checks in a row could not be made")
                        .contains("stream trading via EngineHost engine-1 cannot be read: " + redis.url())
                        .contains("cannot be reached from the host: is Redis up"));
    }

    @ParameterizedTest(name = "{1} via {0}")
    @DisplayName("never comes about where there is no such")
    @CsvSource({
        "engine-1, other, stream other via EngineHost engine-1 cannot be read: agent.yaml does not list this stream",
        "engine-9, trading, there is no EngineHost engine-9 in this namespace to read the stream trading through",
    })
    void misnamed(String host, String source, String sentence) {
        var start = site.invocationId();
        rollout = rollout(Map.of("host", host, "source", source)).apply().awaitMessage(sentence);

        assertThat(rollout.condition("Ready").getReason()).isEqualTo("TelemetryUnavailable");
        assertThat(site.invocationId()).isEqualTo(start);
    }

    @Test
    @DisplayName("shares what is read with other rollouts: each event crosses the network once")
    void shared() {
        var other = patient();
        try {
            rollout = patient();
            Stream.of(rollout, other).forEach(each -> each.apply().awaitMessage("100000"));

            long added = redis.counter("total_net_input_bytes");
            long fetched = redis.counter("total_net_output_bytes");
            await().until(() -> redis.counter("total_net_input_bytes") > added + 500_000);

            assertThat(redis.counter("total_net_output_bytes") - fetched)
                    .as("fetched bytes, where half a million were added")
                    .isLessThan(750_000);
        } finally {
            other.remove();
        }
    }

    @Test
    @DisplayName("is told of when the stream was trimmed beyond what was read")
    void trimmed() {
        rollout = patient().apply().awaitMessage("100000");

        redis.ask("XTRIM", ExampleEngine.STREAM, "MAXLEN", "0");

        await().untilAsserted(() -> assertThat(lab.cluster().kubectl("events", "-n", Cluster.NAMESPACE))
                .containsPattern(rollout.name() + " .*stream trading via EngineHost engine-1 no longer holds entry"));
    }

    /** It reads for ever, and waits for more. */
    private Rollout patient() {
        return rollout(Map.of("source", SOURCE))
                .with("dryRun", true)
                .with("gate.minEvents", 100_000)
                .with("gate.maxEvents", 100_000);
    }
}
