package dev.qsc.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.qsc.quality.Event;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

@DisplayName("A stream with many views")
@EnabledIf(value = "dev.qsc.telemetry.RedisServer#isWanted", disabledReason = RedisServer.MISSING)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedStreamTest {
    private static final StreamId BEGINNING = StreamId.ZERO;
    private static final int MOST = 2_000;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private RedisServer server;
    private Jedis admin;
    private SharedStreams streams;

    @BeforeAll
    void start() {
        server = RedisServer.start();
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        threads.close();
        if (server != null) {
            admin.close();
            server.close();
        }
    }

    @BeforeEach
    void empty() {
        admin.flushAll();
        streams = new SharedStreams();
    }

    private StreamView open() {
        return streams.open(new RedisPlace(server.address(), Entries.STREAM));
    }

    private void add(long first, long last) {
        Entries.add(admin, Entries.STREAM, Entries.usable(first, last));
    }

    private static List<Long> idsOf(Snapshot snapshot) {
        return snapshot.recent().window().events().stream()
                .map(event -> event.id().ms())
                .toList();
    }

    private static StreamId id(long ms) {
        return new StreamId(ms, 0);
    }

    private <T> List<T> together(int users, Callable<T> call) throws InterruptedException, ExecutionException {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            futures.add(threads.submit(call));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    @Nested
    @DisplayName("is read once for all of them:")
    class Once {
        private CountingSource source;
        private SharedStream stream;

        @BeforeEach
        void count() {
            source = new CountingSource(RedisStream.open(server.address(), Entries.STREAM));
            stream = new SharedStream(source, () -> {});
        }

        private StreamView join() {
            return stream.join(view -> stream.leave(view));
        }

        @Test
        @DisplayName("a view gets what is new since the last read of any other")
        void incrementally() {
            add(1, 100);
            StreamView one = join();
            StreamView other = join();
            assertThat(idsOf(one.read(id(91), MOST))).hasSize(10).startsWith(91L);
            add(101, 150);
            source.fetched.set(0);

            assertThat(idsOf(one.read(id(91), MOST))).hasSize(60).endsWith(150L);
            assertThat(idsOf(other.read(id(101), MOST))).hasSize(50).endsWith(150L);

            assertThat(source.fetched)
                    .as("50 new entries, and the one before each of 2 pages")
                    .hasValue(52);
            source.fetched.set(0);
            source.calls.set(0);
            other.read(id(91), MOST);
            assertThat(source.fetched).as("nothing is new").hasValue(0);
            assertThat(source.calls).hasValue(1);
        }

        @Test
        @DisplayName("a view that begins earlier reads back what is missing, and no more")
        void readsBack() {
            add(1, 1_000);
            assertThat(idsOf(join().read(id(901), MOST))).hasSize(100);
            source.fetched.set(0);

            assertThat(idsOf(join().read(id(501), MOST))).hasSize(500).startsWith(501L);
            assertThat(source.fetched).hasValue(400);
            assertThat(idsOf(join().read(id(801), MOST))).hasSize(200).startsWith(801L);
            assertThat(idsOf(join().read(BEGINNING, 300))).hasSize(300).startsWith(701L);
            assertThat(source.fetched).hasValue(400);
        }

        @Test
        @DisplayName("what no view asks for any more is let go of, and would be read back again")
        void letsGo() {
            add(1, 5_000);
            StreamView view = join();
            view.read(BEGINNING, 4_000);
            view.read(BEGINNING, 10);
            source.fetched.set(0);

            assertThat(idsOf(view.read(BEGINNING, 4_000))).hasSize(4_000);

            assertThat(source.fetched).hasValueGreaterThanOrEqualTo(3_990);
        }

        @Test
        @DisplayName("20 users that read all the time, while the stream grows, fetch each entry once")
        void manyUsers() throws Exception {
            add(1, 1);
            Future<?> writer = threads.submit(() -> {
                try (Jedis redis = server.admin()) {
                    for (long first = 2; first <= 5_000; first += 100) {
                        Entries.add(redis, Entries.STREAM, Entries.usable(first, Math.min(5_000, first + 99)));
                    }
                }
            });

            List<Integer> seen = together(20, () -> {
                try (StreamView view = join()) {
                    await().atMost(LONG)
                            .until(() -> view.read(BEGINNING, 10_000).lastId(), id(5_000)::equals);
                    return idsOf(view.read(BEGINNING, 10_000)).size();
                }
            });

            writer.get();
            assertThat(seen).as("events that each user saw").containsOnly(5_000);
            assertThat(source.fetched)
                    .as("5,000 entries, and again the last one before each page")
                    .hasValueBetween(5_000, 5_500);
        }

        @Test
        @DisplayName("reading goes on where it failed")
        void goesOnWhereItFailed() {
            add(1, 5_000);
            StreamView view = join();
            source.failAfter(5);
            assertThatThrownBy(() -> view.read(BEGINNING, MOST)).isInstanceOf(TelemetryException.class);
            assertThat(source.fetched).hasValueBetween(100, 1_000);

            assertThat(idsOf(view.read(BEGINNING, MOST))).hasSize(MOST).startsWith(3_001L);

            assertThat(source.fetched).as("no page was fetched twice").hasValueLessThan(2_300);
        }

        @Test
        @DisplayName("large payloads come in pages of a few megabytes, also when all were small before")
        void largePayloads() {
            StreamView view = join();
            add(1, 600);
            view.read(BEGINNING, MOST);
            add(601, 1_200);
            String filler = "x".repeat(1 << 20);
            for (int ms = 1_201; ms <= 1_230; ms++) {
                Entries.add(
                        admin,
                        Entries.STREAM,
                        List.of(Entries.intent(id(ms), "{\"note\":\"" + filler + "\",\"model_breakdown\":{\"m\":1}}")));
            }
            add(1_231, 1_240);

            assertThat(idsOf(view.read(BEGINNING, MOST))).hasSize(1_240).endsWith(1_240L);

            assertThat(source.largestPageBytes).hasValueLessThan(6 << 20);
        }
    }

    @Test
    @DisplayName("keeps as many events as its most demanding view asks for, and no more")
    void bounded() {
        add(1, 5_000);
        StreamView monitor = open();
        assertThat(idsOf(monitor.read(BEGINNING, MOST))).hasSize(MOST).startsWith(3_001L);
        try (StreamView gate = open()) {
            assertThat(idsOf(gate.read(BEGINNING, 4_000))).hasSize(4_000).startsWith(1_001L);
        }
        add(5_001, 15_500);

        assertThat(idsOf(monitor.read(BEGINNING, MOST))).hasSize(MOST).startsWith(13_501L);
        assertThat(idsOf(monitor.read(id(15_491), MOST))).hasSize(10);
        assertThat(idsOf(monitor.read(id(20_000), MOST))).isEmpty();
    }

    @Test
    @DisplayName("shows each view exactly what a reading of its own would find")
    void likeAReadingOfItsOwn() {
        Random random = new Random(7);
        StreamView view = open();
        List<StreamEntry> entries = new ArrayList<>();
        for (int ms = 1; ms <= 600; ms++) {
            entries.add(
                    switch (random.nextInt(4)) {
                        case 0 -> Entries.intent(id(ms), "broken");
                        case 1 -> StreamEntry.of(id(ms), "event_type", "other");
                        default -> Entries.usable(id(ms));
                    });
        }
        try (RedisStream own = RedisStream.open(server.address(), Entries.STREAM)) {
            for (int start = 0; start < 600; start += 20) {
                Entries.add(admin, Entries.STREAM, entries.subList(start, start + 20));
                StreamId from = id(random.nextInt(start + 30));
                int wanted = 1 + random.nextInt(500);

                Window shared = view.read(from, wanted).recent().window();

                Window expected = EventReader.newest(own, from, wanted);
                assertThat(shared.counters()).as("%d from %s", wanted, from).isEqualTo(expected.counters());
                assertThat(shared.events())
                        .extracting(Event::id)
                        .isEqualTo(expected.events().stream().map(Event::id).toList());
            }
        }
    }

    @Test
    @DisplayName("knows its last id, usable or not, and the server's time")
    void position() {
        add(1, 3);
        Entries.add(admin, Entries.STREAM, List.of(StreamEntry.of(id(4), "event_type", "other")));

        Snapshot snapshot = open().read(BEGINNING, MOST);

        assertThat(snapshot.lastId()).isEqualTo(id(4));
        assertThat(Duration.between(snapshot.time(), Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("may be empty at first")
    void emptyAtFirst() {
        add(1, 1);
        admin.xtrim(Entries.STREAM, 0, false);
        StreamView view = open();
        assertThat(view.read(BEGINNING, MOST).lastId()).isEqualTo(StreamId.ZERO);

        add(2, 3);

        Snapshot snapshot = view.read(BEGINNING, MOST);
        assertThat(idsOf(snapshot)).containsExactly(2L, 3L);
        assertThat(snapshot.notice()).isEmpty();
    }

    @Nested
    @DisplayName("tells every view once")
    class Tells {
        private final StreamView one = open();
        private final StreamView other = open();

        private void assertTold(StreamView view, String what) {
            assertThat(view.read(BEGINNING, MOST).notice())
                    .hasValueSatisfying(notice -> assertThat(notice).contains(what));
            assertThat(view.read(BEGINNING, MOST).notice()).isEmpty();
        }

        @Test
        @DisplayName("that it was trimmed beyond the last entry read; what was read before still counts")
        void trimmed() {
            add(1, 100);
            assertThat(one.read(id(51), MOST).notice()).isEmpty();
            add(101, 200);
            admin.xtrim(Entries.STREAM, 20, false);

            Snapshot snapshot = one.read(id(51), MOST);

            assertThat(snapshot.notice())
                    .hasValueSatisfying(notice -> assertThat(notice).contains("no longer holds entry 100-0"));
            assertThat(idsOf(snapshot)).hasSize(70);
            assertThat(one.read(id(51), MOST).notice()).isEmpty();
            assertTold(other, "100-0");

            add(201, 300);
            admin.xtrim(Entries.STREAM, 20, false);
            assertTold(other, "200-0");
            assertTold(one, "200-0");
            assertThat(open().read(BEGINNING, MOST).notice())
                    .as("one that came later")
                    .isEmpty();
        }

        @Test
        @DisplayName("that it was trimmed beyond what was read back to, which is no loss")
        void ordinaryTrimming() {
            add(1, 100);
            one.read(id(51), MOST);
            add(101, 200);
            admin.xtrim(Entries.STREAM, 101, false);

            assertThat(one.read(id(51), MOST).notice()).isEmpty();
        }

        @Test
        @DisplayName("that it was emptied, even while nothing is added")
        void emptied() {
            add(1, 100);
            one.read(BEGINNING, MOST);
            admin.xtrim(Entries.STREAM, 0, false);

            await().atMost(LONG).until(() -> one.read(BEGINNING, MOST).notice().isPresent());
            assertTold(other, "no longer holds entry 100-0");
        }

        @Test
        @DisplayName("that it was begun anew; with ids that go on, what was read before still counts")
        void begunAnew() {
            add(1, 100);
            one.read(BEGINNING, MOST);
            admin.del(Entries.STREAM);
            assertThatThrownBy(() -> one.read(BEGINNING, MOST)).hasMessageContaining("has no stream");
            add(200, 210);

            assertTold(one, "begun anew");
            assertTold(other, "begun anew");
            assertThat(idsOf(one.read(BEGINNING, MOST))).hasSize(111);
        }

        @Test
        @DisplayName("that it was begun anew; with older ids, only the new stream counts")
        void begunAnewWithOlderIds() {
            add(1_000, 1_100);
            one.read(BEGINNING, MOST);
            admin.del(Entries.STREAM);
            add(1, 10);

            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(idsOf(one.read(BEGINNING, MOST))).hasSize(10));
            add(11, 12);
            assertThat(idsOf(one.read(BEGINNING, MOST))).hasSize(12);
            assertTold(other, "begun anew");
        }
    }

    @Nested
    @DisplayName("is awaited")
    class Awaited {
        @Test
        @DisplayName("by any number of views with one connection and one blocking read, and each hears of news at once")
        void oneBlockingRead() throws Exception {
            add(1, 10);
            StreamView reader = open();
            StreamId seen = reader.read(BEGINNING, MOST).lastId();
            List<Future<Boolean>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(threads.submit(() -> open().awaitNews(seen, LONG)));
            }
            await().until(() -> infoOf(admin, "blocked_clients") == 1);
            assertThat(infoOf(admin, "connected_clients"))
                    .as("ours and the test's")
                    .isEqualTo(2);

            Instant start = Instant.now();
            add(11, 11);
            for (Future<Boolean> news : waiting) {
                assertThat(news.get(10, TimeUnit.SECONDS)).isTrue();
            }

            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
            assertThat(idsOf(reader.read(BEGINNING, MOST))).endsWith(11L);
        }

        @Test
        @DisplayName("no longer than asked for when nothing happens, and not at all when there is news already")
        void patience() {
            add(1, 10);
            StreamView view = open();
            StreamId seen = view.read(BEGINNING, MOST).lastId();
            Instant start = Instant.now();

            assertThat(view.awaitNews(seen, Duration.ofMillis(300))).isFalse();
            assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(view.awaitNews(id(5), LONG)).isTrue();
            assertThat(view.awaitNews(seen, Duration.ZERO)).isFalse();
        }

        @Test
        @DisplayName("while others read: what was added before is in what they get")
        void othersRead() throws Exception {
            add(1, 10);
            StreamView waiting = open();
            Future<Boolean> news = threads.submit(() -> waiting.awaitNews(id(2_000), LONG));
            assertThat(news.get()).as("it ends elsewhere than at 2000").isTrue();
            Future<?> waiter = threads.submit(() -> waiting.awaitNews(id(10), LONG));
            StreamView reader = open();
            for (long ms = 11; ms <= 60; ms++) {
                add(ms, ms);
                long last = ms;
                await().atMost(LONG)
                        .until(() -> idsOf(reader.read(BEGINNING, MOST)).contains(last));
            }
            waiter.get(10, TimeUnit.SECONDS);
        }

        @Test
        @DisplayName("across a lost connection")
        void lostConnection() throws Exception {
            add(1, 10);
            StreamView view = open();
            StreamId seen = view.read(BEGINNING, MOST).lastId();
            Future<Boolean> news = threads.submit(() -> view.awaitNews(seen, LONG));
            for (int i = 0; i < 3; i++) {
                await().until(() -> infoOf(admin, "blocked_clients") == 1);
                admin.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
            }
            assertThat(news.isDone()).isFalse();

            add(11, 11);

            assertThat(news.get(10, TimeUnit.SECONDS)).isTrue();
        }

        @Test
        @DisplayName("until the view is closed")
        void untilClosed() throws Exception {
            add(1, 10);
            StreamView view = open();
            StreamId seen = view.read(BEGINNING, MOST).lastId();
            Future<Boolean> news = threads.submit(() -> view.awaitNews(seen, LONG));
            await().until(() -> infoOf(admin, "blocked_clients") == 1);

            view.close();

            assertThat(news.get(5, TimeUnit.SECONDS)).isFalse();
        }
    }

    private static long infoOf(Jedis admin, String name) {
        return admin.info("clients")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).strip()))
                .sum();
    }

    @Test
    @DisplayName("is let go of with its last view: the connection is closed, and the view is not read again")
    void closed() {
        add(1, 10);
        StreamView one = open();
        StreamView other = open();
        one.read(BEGINNING, MOST);
        one.close();
        one.close();
        assertThat(idsOf(other.read(BEGINNING, MOST))).hasSize(10);
        assertThat(infoOf(admin, "connected_clients")).isEqualTo(2);

        other.close();

        await().until(() -> infoOf(admin, "connected_clients") == 1);
        assertThatThrownBy(() -> other.read(BEGINNING, MOST)).isInstanceOf(IllegalStateException.class);
        assertThat(idsOf(open().read(BEGINNING, MOST))).hasSize(10);
    }

    @AfterEach
    void closeConnections() {
        admin.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    @Test
    @DisplayName("goes on from the last id after the server was restarted")
    void afterARestart() {
        RedisServer first = RedisServer.start();
        try (StreamView view = streams.open(new RedisPlace(first.address(), Entries.STREAM))) {
            try (Jedis redis = first.admin()) {
                Entries.add(redis, Entries.STREAM, Entries.usable(1, 10));
            }
            view.read(BEGINNING, MOST);
            first.kill();
            assertThatThrownBy(() -> view.read(BEGINNING, MOST)).hasMessageContaining("cannot be reached");
            assertThatThrownBy(() -> view.awaitNews(id(10), LONG)).hasMessageContaining("cannot be reached");
            try (RedisServer second = RedisServer.start(first.port());
                    Jedis redis = second.admin()) {
                assertThatThrownBy(() -> view.read(BEGINNING, MOST)).hasMessageContaining("has no stream");
                Entries.add(redis, Entries.STREAM, Entries.usable(10, 25));

                Snapshot snapshot = view.read(BEGINNING, MOST);

                assertThat(idsOf(snapshot)).hasSize(25).endsWith(25L);
                assertThat(snapshot.notice()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("whose server hangs costs all users together one time-out, and is read again when it is back")
    void hangingServer() throws Exception {
        try (RedisServer hanging = RedisServer.start();
                Jedis redis = hanging.admin()) {
            Entries.add(redis, Entries.STREAM, Entries.usable(1, 10));
            streams.open(new RedisPlace(hanging.address(), Entries.STREAM)).read(BEGINNING, MOST);
            hanging.pause();
            Instant start = Instant.now();

            List<Kind> failures = together(10, () -> {
                try {
                    streams.open(new RedisPlace(hanging.address(), Entries.STREAM))
                            .read(BEGINNING, MOST);
                    return null;
                } catch (TelemetryException e) {
                    return e.kind();
                }
            });

            assertThat(failures).containsOnly(Kind.TIMED_OUT);
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(9));
            hanging.resume();
            Entries.add(redis, Entries.STREAM, Entries.usable(11, 20));
            StreamView view = streams.open(new RedisPlace(hanging.address(), Entries.STREAM));
            assertThat(idsOf(view.read(BEGINNING, MOST))).hasSize(20);
        }
    }
}
