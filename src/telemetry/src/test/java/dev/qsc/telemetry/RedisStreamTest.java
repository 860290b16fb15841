package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.Event;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Models;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

@DisplayName("A stream in Redis")
@EnabledIf(value = "dev.qsc.telemetry.RedisServer#isWanted", disabledReason = RedisServer.MISSING)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisStreamTest {
    private static final Path GOLDEN = Path.of("../quality/src/test/resources/golden");

    private RedisServer server;
    private Jedis admin;
    private RedisStream stream;

    @BeforeAll
    void start() {
        server = RedisServer.start();
        admin = server.admin();
        stream = RedisStream.open(server.address(), Entries.STREAM);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            stream.close();
            admin.close();
            server.close();
        }
    }

    @BeforeEach
    void empty() {
        admin.flushAll();
    }

    static Stream<Path> goldenCases() throws IOException {
        try (Stream<Path> cases = Files.list(GOLDEN)) {
            return cases
                    .filter(folder -> Files.isDirectory(folder)
                            && !folder.endsWith("missing-stream")
                            && !folder.endsWith("empty-stream"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenCases")
    @DisplayName("is judged like its recording")
    void isJudgedLikeItsRecording(Path folder) {
        JsonlRecording recording = JsonlRecording.read(folder.resolve("events.jsonl"));
        Entries.add(admin, Entries.STREAM, recording.entries());
        StreamId cutover = folder.getFileName().toString().startsWith("cutover")
                ? StreamId.firstAt(Instant.parse("2026-01-10T05:43:15Z"))
                : StreamId.ZERO;
        GateSettings settings = new GateSettings(200, 200, 1, Models.ALL, Optional.empty());

        Window fromRedis = EventReader.newest(stream, cutover, 2_000);
        Window fromFile = EventReader.newest(recording, cutover, 2_000);

        assertThat(fromRedis.counters()).isEqualTo(fromFile.counters());
        assertThat(Gate.judge(fromRedis, settings, Thresholds.defaults()))
                .isEqualTo(Gate.judge(fromFile, settings, Thresholds.defaults()));
    }

    @Test
    @DisplayName("is read back no further than needed, in pages of bounded size")
    void isReadInPages() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 20_000));
        CountingSource source = new CountingSource(stream);

        Window window = EventReader.newest(source, StreamId.ZERO, 2_000);

        assertThat(window.events()).hasSize(2_000);
        assertThat(window.newest().map(Event::id)).contains(new StreamId(20_000, 0));
        assertThat(window.oldest().map(Event::id)).contains(new StreamId(18_001, 0));
        assertThat(source.fetched).isLessThan(8_000);
        assertThat(source.largestPage).isLessThanOrEqualTo(4_096);
    }

    @Test
    @DisplayName("is read back to the cutover, its own millisecond included")
    void isReadBackToTheCutover() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 10_000));

        Window window = EventReader.newest(stream, new StreamId(3_000, 0), 50_000);

        assertThat(window.counters().total()).isEqualTo(7_001);
        assertThat(window.oldest().map(Event::id)).contains(new StreamId(3_000, 0));
    }

    @Test
    @DisplayName("is read in small pages where payloads are large")
    void largePayloads() {
        String filler = "x".repeat(2 << 20);
        for (int ms = 1; ms <= 40; ms++) {
            Entries.add(
                    admin,
                    Entries.STREAM,
                    List.of(Entries.intent(
                            new StreamId(ms, 0), "{\"note\":\"" + filler + "\",\"model_breakdown\":{\"m\":1}}")));
        }
        CountingSource source = new CountingSource(stream);

        assertThat(EventReader.newest(source, StreamId.ZERO, 2_000).events()).hasSize(40);
        assertThat(source.largestPageBytes).isLessThan(10 << 20);
    }

    @Test
    @DisplayName("has a position: its last id, and the server's time")
    void position() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 3));

        Position position = stream.position();

        assertThat(position.lastId()).isEqualTo(new StreamId(3, 0));
        assertThat(Duration.between(position.time(), Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("may be empty, which is not an error")
    void mayBeEmpty() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 1));
        admin.xtrim(Entries.STREAM, 0, false);

        assertThat(EventReader.newest(stream, StreamId.ZERO, 10)).isEqualTo(Window.EMPTY);
        assertThat(stream.position().lastId()).isEqualTo(StreamId.ZERO);
    }

    @Test
    @DisplayName("is read again after the server was restarted")
    void survivesARestart() {
        RedisServer first = RedisServer.start();
        try (RedisStream stream = RedisStream.open(first.address(), Entries.STREAM)) {
            try (Jedis redis = first.admin()) {
                Entries.add(redis, Entries.STREAM, Entries.usable(1, 2));
            }
            assertThat(stream.position().lastId()).isEqualTo(new StreamId(2, 0));
            first.kill();
            assertKind(stream::position, Kind.UNREACHABLE, "cannot be reached");
            try (RedisServer second = RedisServer.start(first.port());
                    Jedis redis = second.admin()) {
                Entries.add(redis, Entries.STREAM, Entries.usable(1, 3));
                assertThat(stream.position().lastId()).isEqualTo(new StreamId(3, 0));
            }
        }
    }

    @Test
    @DisplayName("is read at once when only the connection was lost")
    void survivesALostConnection() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 2));
        assertThat(stream.position().lastId()).isEqualTo(new StreamId(2, 0));
        admin.sendCommand(() -> "CLIENT".getBytes(UTF_8), "KILL", "TYPE", "normal", "SKIPME", "yes");
        assertThat(stream.position().lastId()).isEqualTo(new StreamId(2, 0));
    }

    private static void assertKind(ThrowingCallable call, Kind kind, String says) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TelemetryException.class, e -> {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
            assertThat(e.getMessage()).contains(says).doesNotContain("s3cret");
        });
    }

    private void assertUrl(String url, Kind kind, String says) {
        try (RedisStream stream = RedisStream.open(RedisAddress.parse(url), Entries.STREAM)) {
            assertKind(stream::position, kind, says);
            assertThat(stream.toString()).doesNotContain("s3cret");
        }
    }

    @Nested
    @DisplayName("says in one sentence")
    class Says {
        @Test
        @DisplayName("that there is no such stream")
        void noSuchStream() {
            String sentence = "redis://127.0.0.1:" + server.port() + " has no stream 'quantum:stream:trade.intent'";
            assertKind(stream::position, Kind.NO_SUCH_STREAM, sentence);
            assertKind(() -> EventReader.newest(stream, StreamId.ZERO, 10), Kind.NO_SUCH_STREAM, sentence);
        }

        @Test
        @DisplayName("that the key is something else")
        void notAStream() {
            admin.set(Entries.STREAM, "text");
            assertKind(stream::position, Kind.NOT_A_STREAM, "is not a stream");
        }

        @Test
        @DisplayName("that nobody listens there, or the host is not known")
        void unreachable() {
            assertUrl("redis://:s3cret@127.0.0.1:" + RedisServer.freePort(), Kind.UNREACHABLE, "cannot be reached");
            assertUrl("redis://:s3cret@no-such-host.invalid", Kind.UNREACHABLE, "is not known");
        }

        @Test
        @DisplayName("that the server hangs, within 7 seconds")
        void hangs() throws IOException {
            try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Instant start = Instant.now();
                assertUrl("redis://:s3cret@127.0.0.1:" + silent.getLocalPort(), Kind.TIMED_OUT, "did not answer");
                assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(7));
            }
        }

        @Test
        @DisplayName("that the server is no Redis")
        void notRedis() throws IOException {
            try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> {
                    while (!web.isClosed()) {
                        try (Socket socket = web.accept()) {
                            socket.getInputStream().read();
                            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                        } catch (IOException _) {
                            return;
                        }
                    }
                });
                assertUrl("redis://127.0.0.1:" + web.getLocalPort(), Kind.PROTOCOL, "does not answer as Redis does");
            }
        }

        @Test
        @DisplayName("that the server hangs up, as one that wants TLS does")
        void hangsUp() throws IOException {
            try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> {
                    while (!closing.isClosed()) {
                        try (Socket socket = closing.accept()) {
                            socket.getInputStream().read();
                            socket.shutdownOutput();
                            socket.getInputStream().readAllBytes();
                        } catch (IOException _) {
                            return;
                        }
                    }
                });
                assertUrl("redis://127.0.0.1:" + closing.getLocalPort(), Kind.UNREACHABLE, "closed the connection");
            }
        }

        @Test
        @DisplayName("that user or password are wrong, or the user may not read")
        void refusedLogin() {
            try (RedisServer closed = RedisServer.start("--requirepass", "s3cret-of-default");
                    Jedis admin = closed.admin()) {
                String at = "127.0.0.1:" + closed.port();
                admin.auth("s3cret-of-default");
                Entries.add(admin, Entries.STREAM, Entries.usable(1, 1));
                admin.aclSetUser("reader", "on", ">s3cret", "~" + Entries.STREAM, "+xrevrange", "+type", "+time");
                admin.aclSetUser("stranger", "on", ">s3cret", "~other", "+xrevrange");

                assertUrl("redis://" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://:s3cret-wrong@" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://reader:s3cret-wrong@" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://stranger:s3cret@" + at, Kind.REFUSED_LOGIN, "does not let the user read");
                try (RedisStream stream =
                        RedisStream.open(RedisAddress.parse("redis://reader:s3cret@" + at), Entries.STREAM)) {
                    assertThat(stream.position().lastId()).isEqualTo(new StreamId(1, 0));
                }
                try (RedisStream missing =
                        RedisStream.open(RedisAddress.parse("redis://:s3cret-of-default@" + at), "missing")) {
                    assertKind(missing::position, Kind.NO_SUCH_STREAM, "has no stream 'missing'");
                }
            }
        }
    }

    @Test
    @DisplayName("is read over TLS from a server that the CA vouches for, by its name, and from no other")
    void tls(@TempDir Path folder) throws Exception {
        TestCertificate right = TestCertificate.make(folder, "right", "ip:127.0.0.1");
        TestCertificate wrong = TestCertificate.make(folder, "wrong", "dns:elsewhere.example");
        for (TestCertificate certificate : List.of(right, wrong)) {
            int port = RedisServer.freePort();
            try (RedisServer server = RedisServer.start(
                            "--tls-port", String.valueOf(port),
                            "--tls-cert-file", certificate.certificate().toString(),
                            "--tls-key-file", certificate.key().toString(),
                            "--tls-ca-cert-file", certificate.certificate().toString(),
                            "--tls-auth-clients", "no");
                    Jedis redis = server.admin()) {
                Entries.add(redis, Entries.STREAM, Entries.usable(1, 1));
                RedisAddress address = RedisAddress.parse("rediss://127.0.0.1:" + port);
                RedisAddress trusting = address.withCa(Files.readString(certificate.certificate()));
                try (RedisStream untrusted = RedisStream.open(address, Entries.STREAM);
                        RedisStream trusted = RedisStream.open(trusting, Entries.STREAM)) {
                    assertKind(untrusted::position, Kind.TLS, "No trusted TLS connection");
                    if (certificate.equals(right)) {
                        assertThat(trusted.position().lastId()).isEqualTo(new StreamId(1, 0));
                    } else {
                        assertKind(trusted::position, Kind.TLS, "No trusted TLS connection");
                    }
                }
            }
        }
        assertKind(
                () -> RedisStream.open(RedisAddress.parse("rediss://redis").withCa("no certificate"), "s"),
                Kind.TLS,
                "The CA for Redis");
    }

    @Nested
    @DisplayName("is followed")
    class Followed {
        private List<Long> idsOf(RecentEvents recent) {
            List<Long> ids = new ArrayList<>();
            for (Event event : recent.window().events()) {
                ids.add(event.id().ms());
            }
            return ids;
        }

        @Test
        @DisplayName("from the given entry on, fetching each entry once")
        void incrementally() {
            Entries.add(admin, Entries.STREAM, Entries.usable(1, 100));
            CountingSource source = new CountingSource(stream);
            StreamFollower follower = new StreamFollower(source, new StreamId(90, 0));

            assertThat(idsOf(follower.read().recent())).hasSize(10).startsWith(91L);
            Entries.add(admin, Entries.STREAM, Entries.usable(101, 150));
            source.fetched = 0;
            StreamFollower.Update update = follower.read();

            assertThat(idsOf(update.recent())).hasSize(60).endsWith(150L);
            assertThat(update.notice()).isEmpty();
            assertThat(source.fetched)
                    .as("the new entries, and the last one again")
                    .isEqualTo(51);
            source.fetched = 0;
            follower.read();
            assertThat(source.fetched).isZero();
        }

        @Test
        @DisplayName("with no more than 2,000 events in memory, skipping what would not be kept")
        void bounded() {
            Entries.add(admin, Entries.STREAM, Entries.usable(1, 5_000));
            StreamFollower follower = new StreamFollower(stream, StreamId.ZERO);
            assertThat(idsOf(follower.read().recent())).hasSize(2_000).startsWith(3_001L);

            Entries.add(admin, Entries.STREAM, Entries.usable(5_001, 5_500));
            assertThat(idsOf(follower.read().recent()))
                    .hasSize(2_000)
                    .startsWith(3_501L)
                    .endsWith(5_500L);

            Entries.add(admin, Entries.STREAM, Entries.usable(5_501, 15_500));
            assertThat(idsOf(follower.read().recent())).hasSize(2_000).startsWith(13_501L);
        }

        @Test
        @DisplayName("with what is unusable counted where it lies")
        void countsTheUnusable() {
            List<StreamEntry> entries = new ArrayList<>();
            for (int ms = 1; ms <= 300; ms++) {
                StreamId id = new StreamId(ms, 0);
                entries.add(ms % 3 == 0 ? Entries.intent(id, "broken") : Entries.usable(id));
            }
            StreamFollower follower = new StreamFollower(stream, new StreamId(30, 0));
            for (int start = 0; start < 300; start += 50) {
                Entries.add(admin, Entries.STREAM, entries.subList(start, start + 50));
                follower.read();
            }
            Window window = follower.read().recent().window();
            assertThat(window.counters().usable()).isEqualTo(180);
            assertThat(window.counters().malformed()).isEqualTo(90);
            Window atOnce = new StreamFollower(stream, new StreamId(30, 0))
                    .read()
                    .recent()
                    .window();
            assertThat(atOnce.counters()).isEqualTo(window.counters());
        }

        @Test
        @DisplayName("and says so when it was trimmed beyond the last entry read")
        void trimmed() {
            Entries.add(admin, Entries.STREAM, Entries.usable(1, 100));
            StreamFollower follower = new StreamFollower(stream, new StreamId(50, 0));
            assertThat(follower.read().notice()).isEmpty();

            Entries.add(admin, Entries.STREAM, Entries.usable(101, 200));
            admin.xtrim(Entries.STREAM, 20, false);
            StreamFollower.Update update = follower.read();

            assertThat(update.notice())
                    .hasValueSatisfying(notice -> assertThat(notice).contains("no longer holds entry 100-0"));
            assertThat(idsOf(update.recent())).hasSize(70);
            assertThat(follower.read().notice()).isEmpty();
        }

        @Test
        @DisplayName("on after an error, without losing an entry")
        void afterAnError() {
            RedisServer first = RedisServer.start();
            try (RedisStream stream = RedisStream.open(first.address(), Entries.STREAM)) {
                StreamFollower follower = new StreamFollower(stream, StreamId.ZERO);
                try (Jedis redis = first.admin()) {
                    Entries.add(redis, Entries.STREAM, Entries.usable(1, 10));
                }
                follower.read();
                first.kill();
                assertThatThrownBy(follower::read).isInstanceOf(TelemetryException.class);
                try (RedisServer second = RedisServer.start(first.port());
                        Jedis redis = second.admin()) {
                    assertKind(follower::read, Kind.NO_SUCH_STREAM, "has no stream");
                    Entries.add(redis, Entries.STREAM, Entries.usable(1, 25));
                    assertThat(idsOf(follower.read().recent())).hasSize(25).endsWith(25L);
                }
            }
        }
    }
}
