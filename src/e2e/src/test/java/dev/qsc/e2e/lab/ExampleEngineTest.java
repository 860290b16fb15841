package dev.qsc.e2e.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.quality.Gate;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Violation;
import dev.qsc.telemetry.EventReader;
import dev.qsc.telemetry.RedisAddress;
import dev.qsc.telemetry.RedisStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NeedsTestHost
@DisplayName("The example engine")
class ExampleEngineTest {

    private static final int EVENTS = 400;
    private static final String CANARY = ExampleEngine.SHADOW_MODEL;

    @TempDir
    private static Path directory;

    private static TestHost host;
    private static RedisServer redis;
    private static RedisStream stream;
    private static ExampleEngine engine;

    @BeforeAll
    static void start() {
        host = TestHost.start("engine");
        redis = RedisServer.start(directory, host.outsideAddress(), List.of());
        engine = ExampleEngine.install(host, redis.url(), EVENTS);
        stream = RedisStream.open(RedisAddress.parse(redis.url()), ExampleEngine.STREAM);
    }

    @AfterAll
    static void stop() {
        stream.close();
        redis.close();
        host.close();
    }

    @AfterEach
    void backToBaseline() {
        engine.behave(CANARY, "healthy");
        host.shell("rm -rf /run/systemd/system/" + ExampleEngine.UNIT + ".d; systemctl daemon-reload; "
                        + "systemctl reset-failed; systemctl restart " + ExampleEngine.UNIT)
                .orThrow();
    }

    @ParameterizedTest(name = "that is {0}: {1}")
    @DisplayName("lets the judge say of a model")
    @CsvSource({
        "healthy,  ''",
        "collapse, patchtst:ACTION_COLLAPSE:HOLD patchtst:DEAD_ZONE",
        "flat,     patchtst:FLAT",
        "narrow,   patchtst:NARROW",
        "nan,      patchtst:INVALID_PREDICTIONS patchtst:INSUFFICIENT_SAMPLES",
        "silent,   CANARY_ABSENT:patchtst",
    })
    void behaviours(String behaviour, String reasons) {
        engine.behave(CANARY, behaviour);
        eventsAfter(eventsAfter(end(), 1), EVENTS);

        var newest = EventReader.newest(stream, StreamId.ZERO, EVENTS);
        var judged = Gate.judge(newest, GateSettings.defaults(CANARY), Thresholds.defaults());
        assertThat(Stream.concat(judged.violations().stream(), judged.ensembleViolations().stream())
                        .map(Violation::reason))
                .containsExactlyInAnyOrder(reasons.isEmpty() ? new String[0] : reasons.split(" "));
    }

    @Test
    @DisplayName("loads the weights it is told to, and acknowledges their digest to systemd and in its events")
    void acknowledges() {
        assertThat(digestInUse()).isEqualTo(sha256(ExampleEngine.BASELINE));

        tellToUse("{\"lgbm\": 0.225, \"nhits\": 0.45, \"patchtst\": 0.1, \"xgb\": 0.225}");
        host.exec("systemctl", "restart", ExampleEngine.UNIT).orThrow();
        assertThat(digestInUse()).isEqualTo(sha256("/var/lib/canary.json"));
        assertThat(host.journal(ExampleEngine.UNIT)).contains("patchtst     10.0%");

        var last = eventsAfter(eventsAfter(end(), 1), 1);
        assertThat(stream.backward(last, last, 1).entries().getFirst().fields())
                .map(field -> new String(field, UTF_8))
                .anyMatch(field -> field.contains("\"weights_digest\": \"" + digestInUse() + "\""));
    }

    @Test
    @DisplayName("takes its time, or fails, to start with a model that does, unless that has no weight")
    void starts() {
        engine.behave(CANARY, "crash");
        host.exec("systemctl", "restart", ExampleEngine.UNIT).orThrow();

        tellToUse("{\"patchtst\": 0.1, \"xgb\": 0.9}");
        assertThat(host.exec("systemctl", "restart", ExampleEngine.UNIT).exitCode())
                .isNotZero();
        assertThat(host.journal(ExampleEngine.UNIT)).contains("model patchtst cannot be loaded");

        engine.behave(CANARY, "slow-start:2");
        host.exec("systemctl", "stop", ExampleEngine.UNIT).orThrow();
        host.exec("systemctl", "start", "--no-block", ExampleEngine.UNIT).orThrow();
        await().until(() -> property("ActiveState").equals("activating"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> property("ActiveState").equals("active"));
        assertThat(host.journal(ExampleEngine.UNIT)).contains("loading patchtst, which takes 2 s");
    }

    @Test
    @DisplayName("goes on when Redis is back, without what it could not add in between")
    void outlivesRedis() {
        redis.stop();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> host.journal(ExampleEngine.UNIT).contains("they are dropped until it does"));
        redis.resume();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> host.journal(ExampleEngine.UNIT).contains("Redis takes events again"));
        assertThat(property("NRestarts")).isEqualTo("0");
        eventsAfter(end(), 1);
    }

    private static void tellToUse(String weights) {
        host.write("/var/lib/canary.json", weights);
        host.write(
                "/run/systemd/system/" + ExampleEngine.UNIT + ".d/test.conf",
                "[Service]\nEnvironment=QSC_CANARY_WEIGHTS=/var/lib/canary.json\n");
        host.exec("systemctl", "daemon-reload").orThrow();
    }

    private static String digestInUse() {
        return property("StatusText").replace("weights_digest=", "");
    }

    private static String property(String name) {
        return host.exec("systemctl", "show", "--value", "--property", name, ExampleEngine.UNIT)
                .orThrow()
                .stdout()
                .strip();
    }

    private static String sha256(String file) {
        return host.exec("sha256sum", file).orThrow().stdout().substring(0, 64);
    }

    private static StreamId end() {
        return stream.position().lastId();
    }

    /** Waits for that many entries after one, and returns the last of them. */
    private static StreamId eventsAfter(StreamId entry, int count) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> stream.backward(StreamId.MAX, entry.next(), 10 * EVENTS)
                                .entries(),
                        newer -> newer.size() >= count)
                .getFirst()
                .id();
    }
}
