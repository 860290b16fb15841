package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A recorded stream")
class JsonlRecordingTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("events.jsonl"), text);
    }

    @Test
    @DisplayName("comes back as it was written, bytes that are not UTF-8 included")
    void comesBack() throws IOException {
        List<byte[]> fields = List.of(
                "payload".getBytes(UTF_8),
                "{\"a\":\"模型 \\u0000\n\"}".getBytes(UTF_8),
                new byte[] {(byte) 0xff, 0},
                new byte[0]);
        StringWriter out = new StringWriter();
        JsonlRecording.write(new StreamEntry(new StreamId(5, 0), fields), out);
        JsonlRecording.write(Entries.usable(new StreamId(5, 1)), out);

        List<StreamEntry> entries = Entries.recorded(file(out.toString()));

        assertThat(entries).extracting(StreamEntry::id).containsExactly(new StreamId(5, 0), new StreamId(5, 1));
        assertThat(entries.getFirst().fields()).containsExactlyElementsOf(fields);
        assertThat(out.toString()).contains("{\"b64\":\"/wA=\"}").endsWith("}\n");
    }

    @Test
    @DisplayName("may be empty")
    void mayBeEmpty() throws IOException {
        for (String text : List.of("", "\n", "\r\n \n", "\uFEFF")) {
            assertThat(EventReader.newest(file(text), StreamId.ZERO, StreamId.MAX, 10))
                    .isEqualTo(Window.EMPTY);
        }
    }

    @Test
    @DisplayName("may have lines that end with CRLF, a byte order mark, and a last line without an end")
    void asEditorsWriteIt() throws IOException {
        String line = "{\"id\":\"%d-0\",\"fields\":[[\"a\",\"ä\"]]}";
        Path file = file("\uFEFF" + line.formatted(1) + "\r\n\r\n" + line.formatted(2) + "\r\n" + line.formatted(3));
        assertThat(Entries.recorded(file)).extracting(entry -> entry.id().ms()).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("may hold payloads of megabytes")
    void largePayloads() throws IOException {
        String payload = "ä\"".repeat(500_000);
        StringWriter out = new StringWriter();
        for (int ms = 1; ms <= 3; ms++) {
            JsonlRecording.write(Entries.intent(new StreamId(ms, 0), payload), out);
        }
        assertThat(Entries.recorded(file(out.toString())))
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.fields().getLast()).isEqualTo(payload.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"events.jsonl", "events.jsonl.gz"})
    @DisplayName("is read from its beginning for the newest events of a stretch")
    void isReadForward(String name) throws IOException {
        Path file = folder.resolve(name);
        try (Writer out = JsonlRecording.create(file)) {
            for (StreamEntry entry : Entries.usable(1, 500)) {
                JsonlRecording.write(entry, out);
            }
        }

        Window window = EventReader.newest(file, new StreamId(101, 0), new StreamId(450, 0), 200);

        assertThat(window.events()).hasSize(200);
        assertThat(window.oldest().orElseThrow().id()).isEqualTo(new StreamId(251, 0));
        assertThat(window.newest().orElseThrow().id()).isEqualTo(new StreamId(450, 0));
        assertThat(EventReader.newest(file, new StreamId(101, 0), StreamId.MAX, 1_000)
                        .counters()
                        .total())
                .isEqualTo(400);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("names file and line of what is wrong")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | Unrecognized token",
                "[] | expected is",
                "{} | an entry has an \"id\" and \"fields\"",
                "{\"id\":\"x\",\"fields\":[]} | A stream id reads <ms>-<seq>, not 'x'",
                "{\"id\":5,\"fields\":[]} | expected is",
                "{\"id\":\"5-0\",\"fields\":[[\"a\"]]} | a name or value is a string",
                "{\"id\":\"5-0\",\"fields\":[[\"a\",1]]} | a name or value is a string",
                "{\"id\":\"5-0\",\"fields\":[[\"a\",\"b\",\"c\"]]} | expected is",
                "{\"id\":\"5-0\",\"fields\":[\"a\",\"b\"]} | expected is",
                "{\"id\":\"5-0\",\"fields\":[[\"a\",\"\\ud800\"]]} | half of a surrogate pair",
                "{\"id\":\"5-0\",\"fields\":[[\"a\",{\"b64\":\"*\"}]]} | base64",
                "{\"id\":\"5-0\",\"fields\":[[\"a\", | the entry does not end in this line",
                "{\"id\":\"5-0\",\"fields\":[]} x | Unrecognized token",
                "{\"id\":\"5-0\",\"fields\":[]} {} | something follows the entry",
                "{\"id\":\"1-0\",\"fields\":[]} | id 1-0 does not follow the one before"
            })
    void namesFileAndLine(String line, String says) throws IOException {
        Path file = file("{\"id\":\"1-0\",\"fields\":[]}\n\n" + line + "\n");
        assertThatThrownBy(() -> Entries.recorded(file))
                .isInstanceOf(TelemetryException.class)
                .hasMessageContaining(file + ", line 3: ")
                .hasMessageContaining(says);
    }

    @Test
    @DisplayName("that was not written to its end says so wherever it was torn, and what to do")
    void torn() throws IOException {
        byte[] line = "{\"id\":\"2-0\",\"fields\":[[\"aä\",{\"b64\":\"\"}]]}".getBytes(UTF_8);
        for (int length = 1; length < line.length; length++) {
            Path file = file("{\"id\":\"1-0\",\"fields\":[]}\n");
            Files.write(file, Arrays.copyOf(line, length), StandardOpenOption.APPEND);
            assertThatThrownBy(() -> Entries.recorded(file))
                    .isInstanceOf(TelemetryException.class)
                    .hasMessage(file + ", line 2: the file ends in the middle of an entry; remove this line");
        }
    }

    @Test
    @DisplayName("that is compressed and was not written to its end, or is not compressed, says so")
    void tornOrNotCompressed() throws IOException {
        Path file = folder.resolve("events.jsonl.gz");
        try (Writer out = JsonlRecording.create(file)) {
            JsonlRecording.write(Entries.usable(new StreamId(5, 1)), out);
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 12));
        assertThatThrownBy(() -> Entries.recorded(file))
                .hasMessage(file + " ends too early; it was not written to its end");
        Files.writeString(file, "{}\n");
        assertThatThrownBy(() -> Entries.recorded(file)).hasMessage(file + " cannot be read: Not in GZIP format");
    }

    @Test
    @DisplayName("says when there is no file, or it is a folder, or not text")
    void noFile() throws IOException {
        Path missing = folder.resolve("missing.jsonl");
        assertThatThrownBy(() -> JsonlRecording.open(missing)).hasMessage("There is no file " + missing);
        assertThatThrownBy(() -> JsonlRecording.open(folder)).hasMessage(folder + " is a directory; name a file in it");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'\n', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> Entries.recorded(binary)).hasMessage(binary + ", line 2: not UTF-8");
        Path endless = Path.of("/dev/zero");
        assertThatThrownBy(() -> Entries.recorded(endless))
                .hasMessage("/dev/zero, line 1: the line is longer than 32 MB");
    }
}
