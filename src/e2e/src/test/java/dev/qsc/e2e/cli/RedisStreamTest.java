package dev.qsc.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.RedisServer;
import dev.qsc.quality.StreamEntry;
import dev.qsc.telemetry.JsonlRecording;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

@DisplayName("qsc on a Redis stream")
class RedisStreamTest {
    private static final Path GOLDEN = Path.of(Qsc.golden("cutover-boundary"));

    @TempDir
    private static Path folder;

    private static RedisServer server;

    @BeforeAll
    static void fill() {
        server = RedisServer.start(folder.resolve("redis"));
        try (Jedis redis = new Jedis(server.url());
                JsonlRecording entries = JsonlRecording.open(GOLDEN)) {
            entries.forEachRemaining(
                    entry -> redis.xadd("events", new XAddParams().id(entry.id().toString()), fields(entry)));
            redis.set("text", "no stream");
        }
    }

    private static Map<String, String> fields(StreamEntry entry) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < entry.fields().size(); i += 2) {
            fields.put(
                    new String(entry.fields().get(i), StandardCharsets.UTF_8),
                    new String(entry.fields().get(i + 1), StandardCharsets.UTF_8));
        }
        return fields;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @DisplayName("answers as on the recording that it makes of it")
    void record() {
        for (String name : new String[] {"copy.jsonl", "copy.jsonl.gz"}) {
            Path copy = folder.resolve(name);
            Command record = qsc("record", "--stream", "events", "-o", copy.toString());
            assertThat(record.exitCode()).isZero();
            assertThat(record.stdout()).isEmpty();
            assertThat(record.stderr()).contains(" entries recorded, the newest is ");

            Command live = qsc("gate", "--stream", "events", "--min-voters", "1");
            Command recorded = Qsc.run("gate", "--events", copy.toString(), "--min-voters", "1");
            assertThat(recorded.exitCode()).isEqualTo(live.exitCode());
            assertThat(withoutSource(recorded)).isEqualTo(withoutSource(live));
        }
    }

    private static String withoutSource(Command command) {
        return command.stdout().replaceAll("(?m)^Source: .*$", "");
    }

    @Test
    @DisplayName("records a stretch of it to standard output")
    void stretch() {
        Command all = qsc("record", "--stream", "events");
        Command none = qsc("record", "--stream", "events", "--until", "2020-01-01T00:00:00Z");

        assertThat(all.stdout()).hasLineCount((int)
                Qsc.shell("cat '%s'".formatted(GOLDEN)).stdout().lines().count());
        assertThat(none.stdout()).isEmpty();
        assertThat(none.stderr()).startsWith("qsc: 0 entries recorded");
    }

    @Test
    @DisplayName("takes a missing stream for an empty one, and tells the person")
    void missing() {
        Command gate = qsc("gate", "--stream", "nowhere", "-o", "json");

        assertThat(gate.exitCode()).isEqualTo(2);
        assertThat(gate.stdout()).contains("\"NO_MODELS\"", "\"INSUFFICIENT_EVENTS\"");
        assertThat(gate.stderr()).contains("has no stream 'nowhere'").hasLineCount(1);
        assertThat(qsc("record", "--stream", "nowhere").exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("has one sentence for a wrong type and for a server that is not there")
    void errors() {
        Command text = qsc("gate", "--stream", "text");
        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.stderr())
                .contains("'text' at " + server.url() + " is not a stream")
                .hasLineCount(1);

        Command nobody = Qsc.run("gate", "--redis", "redis://:secret@127.0.0.1:1");
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.stderr())
                .contains("redis://127.0.0.1:1 cannot be reached")
                .hasLineCount(1)
                .doesNotContain("secret");
    }

    @Test
    @DisplayName("takes the URL from the environment, where nobody else reads it")
    void environment() {
        Command gate = Qsc.shell("QSC_REDIS_URL='%s'; export QSC_REDIS_URL; qsc gate --stream events --min-voters 1"
                .formatted(server.url()));

        assertThat(gate.stdout()).contains("Source: " + server.url() + " events");
    }

    private static Command qsc(String... arguments) {
        String[] line = new String[arguments.length + 2];
        line[0] = arguments[0];
        line[1] = "--redis";
        line[2] = server.url();
        System.arraycopy(arguments, 1, line, 3, arguments.length - 1);
        return Qsc.run(line);
    }
}
