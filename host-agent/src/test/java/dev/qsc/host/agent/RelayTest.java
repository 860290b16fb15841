package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.StreamPage;
import dev.qsc.agent.api.StreamPosition;
import dev.qsc.agent.api.TestPki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The relay lets an operator read")
class RelayTest {
    @TempDir
    static Path directory;

    private static TestRedis redis;
    private static TestAgent agent;
    private static AgentClient client;

    @BeforeAll
    static void start() throws IOException {
        redis = TestRedis.start();
        redis.call("ACL", "SETUSER", "reader", "on", ">p@ss", "~" + TestRedis.KEY, "+xread", "+time", "+type");
        TestPki pki = new TestPki(directory, "ca");
        Credentials own = pki.issue("agent", "IP:127.0.0.1");
        agent = TestAgent.start(
                own,
                new PretendRoot(directory),
                InstantSource.system(),
                "operator.example",
                Map.of(
                        "trading",
                        redis.stream(),
                        "limited",
                        redis.stream("reader:p%40ss@", TestRedis.KEY),
                        "locked-out",
                        redis.stream("reader:wrong@", TestRedis.KEY),
                        "misnamed",
                        redis.stream("", "nothing"),
                        "silent",
                        RedisStream.at("redis://127.0.0.1:1", Optional.empty(), "s")));
        client = new AgentClient(agent.uri(), null, pki.issue("operator", "DNS:operator.example"));
        await().atMost(Duration.ofSeconds(30)).until(() -> client.host() instanceof Answer.Done);
    }

    @AfterAll
    static void stop() {
        client.close();
        agent.close();
        redis.close();
    }

    @BeforeEach
    void entries() {
        redis.call("DEL", TestRedis.KEY);
        for (int i = 1; i <= 5; i++) {
            redis.add(i + "-0", "é" + i);
        }
    }

    @Test
    @DisplayName("where a stream ends, by the clock of its Redis")
    void position() {
        StreamPosition end = done(client.position("trading"));
        assertThat(end.lastId()).isEqualTo("5-0");
        assertThat(end.time())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }

    @Test
    @DisplayName("a stream forward, page by page, byte by byte")
    void forward() {
        StreamPage first = done(client.entriesAfter("trading", "1-0", 3, Duration.ZERO));
        assertThat(ids(first)).containsExactly("2-0", "3-0", "4-0");
        assertThat(first.more()).isTrue();
        assertThat(first.entries().getFirst().fields())
                .containsExactly("payload".getBytes(StandardCharsets.UTF_8), "é2".getBytes(StandardCharsets.UTF_8));
        StreamPage second = done(client.entriesAfter("trading", "4-0", 3, Duration.ZERO));
        assertThat(ids(second)).containsExactly("5-0");
        assertThat(second.more()).isFalse();
        assertThat(done(client.entriesAfter("trading", "5-0", 3, Duration.ZERO)).entries())
                .isEmpty();
    }

    @Test
    @DisplayName("a stream back from its end, as far as wanted")
    void backward() {
        assertThat(ids(done(client.entriesBackward("trading", "4-0", "2-0", 10))))
                .containsExactly("4-0", "3-0", "2-0");
        assertThat(ids(done(client.entriesBackward("trading", "9-0", "0-0", 2))))
                .containsExactly("5-0", "4-0");
    }

    @Test
    @DisplayName("an entry as soon as it is there")
    void longPoll() {
        CompletableFuture<Answer<StreamPage>> waiting = CompletableFuture.supplyAsync(
                () -> client.entriesAfter("trading", "5-0", 10, Duration.ofSeconds(8)), Thread::startVirtualThread);
        await().until(() -> redis.call("INFO", "clients").contains("blocked_clients:1"));
        redis.add("6-0", "new");
        assertThat(ids(done(waiting.join()))).containsExactly("6-0");
        assertThat(done(client.entriesAfter("trading", "6-0", 10, Duration.ofMillis(50))))
                .isEqualTo(new StreamPage(List.of(), false));
    }

    @Test
    @DisplayName("large entries in small pages, and passes over one that is too large without hiding it")
    void bounded() {
        for (int i = 11; i <= 20; i++) {
            redis.addLarge(i + "-0", 100_000);
        }
        redis.addLarge("21-0", 64 << 20);
        redis.add("22-0", "small");
        StreamPage page = done(client.entriesAfter("trading", "10-0", 1_000, Duration.ZERO));
        assertThat(ids(page)).containsExactly("11-0", "12-0");
        assertThat(page.more()).isTrue();
        StreamPage end = done(client.entriesAfter("trading", "20-0", 1_000, Duration.ZERO));
        assertThat(ids(end)).containsExactly("21-0", "22-0");
        assertThat(end.entries().getFirst().fields()).isEmpty();
        assertThat(end.entries().getLast().fields()).hasSize(2);
    }

    @Test
    @DisplayName("only what root listed, and says what is wrong with what cannot be read")
    void refusals() {
        assertThat(done(client.sources()).sources())
                .contains("misnamed", "trading")
                .doesNotContain("other");
        assertThat(refused(client.position("other"))).contains("agent.yaml does not list this stream under telemetry");
        assertThat(refused(client.position("misnamed")))
                .contains("there is no stream 'nothing': check the name in agent.yaml");
        assertThat(refused(client.position("silent"))).contains("redis://127.0.0.1:1 cannot be reached from the host");
        assertThat(refused(client.position("locked-out"))).contains("WRONGPASS").doesNotContain("wrong@");
        assertThat(ids(done(client.entriesAfter("limited", "4-0", 3, Duration.ZERO))))
                .containsExactly("5-0");
        assertThat(refused(client.position("limited"))).contains("NOPERM");
        redis.call("DEL", TestRedis.KEY);
        redis.call("SET", TestRedis.KEY, "text");
        assertThat(refused(client.position("trading"))).contains("WRONGTYPE");
        assertThat(refused(client.entriesAfter("trading", "0", 3, Duration.ZERO)))
                .contains("after must be the id of an entry: <milliseconds>-<number>");
        assertThat(refused(client.entriesAfter("trading", "0-0", 0, Duration.ZERO)))
                .contains("count must be a whole number from 1 to 1000");
    }

    @Test
    @DisplayName("eight pages at a time, and keeps answering what matters")
    void busy() {
        List<CompletableFuture<Answer<StreamPage>>> waiting = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> client.entriesAfter("trading", "5-0", 10, Duration.ofSeconds(8)),
                        Thread::startVirtualThread))
                .toList();
        await().until(() -> redis.call("INFO", "clients").contains("blocked_clients:8"));
        assertThat(refused(client.position("trading"))).contains("8 calls read streams through this host already");
        assertThat(client.host()).isInstanceOf(Answer.Done.class);
        redis.add("6-0", "new");
        waiting.forEach(page -> assertThat(ids(done(page.join()))).containsExactly("6-0"));
    }

    private static List<String> ids(StreamPage page) {
        return page.entries().stream().map(StreamPage.Entry::id).toList();
    }

    private static <T> T done(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done<T>) answer).value();
    }

    private static String refused(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<?>) answer).problem().detail();
    }
}
