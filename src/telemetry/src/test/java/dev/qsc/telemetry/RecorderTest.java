package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.Recorder.Summary;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

@DisplayName("A recording of a stream in Redis")
@EnabledIf(value = "dev.qsc.telemetry.RedisServer#isWanted", disabledReason = RedisServer.MISSING)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecorderTest {
    @TempDir
    private Path folder;

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

    private void add(long first, long last) {
        Entries.add(admin, Entries.STREAM, Entries.usable(first, last));
    }

    private static StreamId id(long ms) {
        return new StreamId(ms, 0);
    }

    /** A writer to which something happens once, after so many lines. */
    private static Writer after(int lines, Runnable event) {
        return new StringWriter() {
            private int left = lines;

            @Override
            public void write(int c) {
                super.write(c);
                if (c == '\n' && --left == 0) {
                    event.run();
                }
            }
        };
    }

    @Test
    @DisplayName("holds every entry as it was, bytes that are not UTF-8 included, and can be added to a stream again")
    void holdsEveryEntry() throws IOException {
        add(1, 3_000);
        StreamEntry odd = new StreamEntry(id(3_001), List.of(new byte[] {(byte) 0xff, 0}, "\"\n模".getBytes(UTF_8)));
        Entries.add(admin, Entries.STREAM, List.of(odd));
        for (String name : List.of("events.jsonl", "events.jsonl.gz")) {
            Path file = folder.resolve(name);

            try (Writer out = JsonlRecording.create(file)) {
                Summary summary = Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out);
                assertThat(summary.entries()).isEqualTo(3_001);
                assertThat(summary.last()).isEqualTo(id(3_001));
                assertThat(summary.notice()).isEmpty();
            }

            List<StreamEntry> entries = Entries.recorded(file);
            assertThat(entries).hasSize(3_001);
            assertThat(entries.getLast().fields())
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(odd.fields());
            Entries.add(admin, name, entries);
            assertThat(admin.xlen(name)).isEqualTo(3_001);
        }
        assertThat(Files.size(folder.resolve("events.jsonl.gz")))
                .isLessThan(Files.size(folder.resolve("events.jsonl")) / 5);
    }

    @Test
    @DisplayName("holds the stretch that was asked for, both ends included")
    void stretch() throws IOException {
        add(1, 1_000);
        StringWriter out = new StringWriter();

        Summary summary = Recorder.record(stream, id(100), id(399), out);

        assertThat(summary.entries()).isEqualTo(300);
        assertThat(summary.last()).isEqualTo(id(399));
        assertThat(out.toString().lines().toList())
                .hasSize(300)
                .first()
                .asString()
                .startsWith("{\"id\":\"100-0\",");
        assertThat(Recorder.record(stream, id(2_000), StreamId.MAX, out).entries())
                .isZero();
    }

    @Test
    @DisplayName("ends where the stream ended when it began, although more is added all the time")
    void endsAtThePresent() throws IOException {
        add(1, 1_000);
        Writer out = after(10, () -> add(1_001, 2_000));
        assertThat(Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out).last())
                .isEqualTo(id(1_000));
    }

    @Test
    @DisplayName("goes on from the last id after the connection was lost")
    void lostConnection() throws IOException {
        add(1, 3_000);
        Writer out = after(1_000, () -> admin.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes"));
        assertThat(Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out).entries())
                .isEqualTo(3_000);
    }

    @Test
    @DisplayName("goes on from the last id after the server was away")
    void serverAway(@TempDir Path data) throws IOException {
        RedisServer first = RedisServer.start("--appendonly", "yes", "--dir", data.toString());
        Jedis redis = first.admin();
        Entries.add(redis, Entries.STREAM, Entries.usable(1, 3_000));
        redis.close();
        RedisServer[] second = new RedisServer[1];
        Thread[] restart = new Thread[1];
        Writer out = after(1_000, () -> {
            first.kill();
            restart[0] = Thread.ofVirtual()
                    .start(() -> second[0] =
                            RedisServer.start(first.port(), "--appendonly", "yes", "--dir", data.toString()));
        });
        try (RedisStream stream = RedisStream.open(first.address(), Entries.STREAM)) {
            Summary summary = Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out);
            assertThat(summary.entries()).isEqualTo(3_000);
            restart[0].join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            first.close();
            if (second[0] != null) {
                second[0].close();
            }
        }
    }

    @Test
    @DisplayName("says when the stream was trimmed faster than it was read")
    void trimmed() throws IOException {
        add(1, 3_000);
        Writer out = after(500, () -> admin.xtrim(Entries.STREAM, 1_000, false));

        Summary summary = Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out);

        assertThat(summary.notice())
                .hasValueSatisfying(notice -> assertThat(notice).contains("was trimmed beyond entry"));
        assertThat(summary.entries()).isBetween(1_500L, 1_999L);
        assertThat(summary.last()).isEqualTo(id(3_000));
    }

    @Test
    @DisplayName("says nothing of entries that were trimmed after they were written")
    void trimmedBehind() throws IOException {
        add(1, 3_000);
        Writer out = after(500, () -> admin.xtrim(Entries.STREAM, 2_900, false));
        Summary summary = Recorder.record(stream, StreamId.ZERO, StreamId.MAX, out);
        assertThat(summary.notice()).isEmpty();
        assertThat(summary.entries()).isEqualTo(3_000);
    }

    @Test
    @DisplayName("fails in one sentence when there is no such stream, or the file cannot be written")
    void fails() {
        assertThatThrownBy(() -> Recorder.record(stream, StreamId.ZERO, StreamId.MAX, new StringWriter()))
                .isInstanceOf(TelemetryException.class)
                .hasMessageContaining("has no stream");
        Path file = folder.resolve("missing/events.jsonl");
        assertThatThrownBy(() -> JsonlRecording.create(file))
                .isInstanceOf(TelemetryException.class)
                .hasMessage(file + " cannot be written: there is no such folder");
        assertThatThrownBy(() -> JsonlRecording.create(folder))
                .isInstanceOf(TelemetryException.class)
                .hasMessage(folder + " cannot be written: Is a directory");
    }
}
