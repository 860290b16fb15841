package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.qsc.quality.Event;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Models;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
        Path recording = folder.resolve("events.jsonl");
        Entries.add(admin, Entries.STREAM, Entries.recorded(recording));
        StreamId cutover = folder.getFileName().toString().startsWith("cutover")
                ? StreamId.firstAt(Instant.parse("2026-01-10T05:43:15Z"))
                : StreamId.ZERO;
        GateSettings settings = new GateSettings(200, 200, 1, Models.ALL, Optional.empty());

        Window fromRedis = EventReader.newest(stream, cutover, 2_000);
        Window fromFile = EventReader.newest(recording, cutover, StreamId.MAX, 2_000);

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
        assertThat(source.fetched).hasValueLessThan(2_300);
        assertThat(source.largestPage).hasValueLessThanOrEqualTo(256);
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
        assertThat(source.largestPageBytes).hasValueLessThan(10 << 20);
    }

    @Test
    @DisplayName("is read on from an id, oldest first")
    void isReadOn() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 10));

        assertThat(stream.after(new StreamId(3, 0), 4, Duration.ZERO).entries())
                .extracting(entry -> entry.id().ms())
                .containsExactly(4L, 5L, 6L, 7L);
        assertThat(stream.after(new StreamId(10, 0), 4, Duration.ZERO).entries())
                .isEmpty();
        assertThat(stream.after(StreamId.MAX, 4, Duration.ofMillis(20)).entries())
                .isEmpty();
    }

    @Test
    @DisplayName("can be waited for: an entry comes at once, and no entry after the time that was given")
    void canBeWaitedFor() throws Exception {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 10));
        Instant start = Instant.now();
        assertThat(stream.after(new StreamId(10, 0), 4, Duration.ofMillis(200)).entries())
                .isEmpty();
        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(190));

        var waiting = CompletableFuture.supplyAsync(() -> stream.after(new StreamId(10, 0), 4, Duration.ofSeconds(2)));
        await().until(() -> admin.info("clients").contains("blocked_clients:1"));
        Entries.add(admin, Entries.STREAM, Entries.usable(11, 11));

        assertThat(waiting.get(10, TimeUnit.SECONDS).entries()).hasSize(1);
    }

    @Test
    @DisplayName("is waited for no longer than 2 seconds, well below the time in which an answer must come")
    void waitIsBounded() {
        Entries.add(admin, Entries.STREAM, Entries.usable(1, 10));
        assertThat(stream.after(new StreamId(10, 0), 4, Duration.ofHours(1)).entries())
                .isEmpty();
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
            assertKind(() -> stream.after(StreamId.ZERO, 1, Duration.ofMillis(20)), Kind.NO_SUCH_STREAM, sentence);
        }

        @Test
        @DisplayName("that the key is something else")
        void notAStream() {
            admin.set(Entries.STREAM, "text");
            assertKind(stream::position, Kind.NOT_A_STREAM, "is not a stream");
            assertKind(() -> stream.after(StreamId.ZERO, 1, Duration.ZERO), Kind.NOT_A_STREAM, "is not a stream");
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
                admin.aclSetUser(
                        "reader", "on", ">s3cret", "~" + Entries.STREAM, "+xread", "+xrevrange", "+type", "+time");
                admin.aclSetUser("half", "on", ">s3cret", "~" + Entries.STREAM, "+xrevrange", "+type", "+time");
                admin.aclSetUser("stranger", "on", ">s3cret", "~other", "+xrevrange");

                assertUrl("redis://" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://:s3cret-wrong@" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://reader:s3cret-wrong@" + at, Kind.REFUSED_LOGIN, "refused the login");
                assertUrl("redis://stranger:s3cret@" + at, Kind.REFUSED_LOGIN, "does not let the user read");
                try (RedisStream half =
                        RedisStream.open(RedisAddress.parse("redis://half:s3cret@" + at), Entries.STREAM)) {
                    assertThat(EventReader.newest(half, StreamId.ZERO, 10).events())
                            .hasSize(1);
                    assertKind(
                            () -> half.after(StreamId.ZERO, 1, Duration.ZERO),
                            Kind.REFUSED_LOGIN,
                            "grant it +xread +xrevrange +type +time ~" + Entries.STREAM);
                }
                try (StreamView view = new SharedStreams()
                        .open(new RedisPlace(RedisAddress.parse("redis://reader:s3cret@" + at), Entries.STREAM))) {
                    assertThat(view.source().position().lastId()).isEqualTo(new StreamId(1, 0));
                    assertThat(view.read(StreamId.ZERO, 10).recent().size()).isEqualTo(1);
                    assertThat(view.awaitNews(new StreamId(1, 0), Duration.ofMillis(20)))
                            .isFalse();
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
                        assertThat(trusted.after(new StreamId(1, 0), 1, Duration.ofMillis(20))
                                        .entries())
                                .isEmpty();
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
}
