package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

        List<StreamEntry> entries = JsonlRecording.read(file(out.toString())).entries();

        assertThat(entries).extracting(StreamEntry::id).containsExactly(new StreamId(5, 0), new StreamId(5, 1));
        assertThat(entries.getFirst().fields()).containsExactlyElementsOf(fields);
        assertThat(out.toString()).contains("{\"b64\":\"/wA=\"}").endsWith("}\n");
    }

    @Test
    @DisplayName("may be empty")
    void mayBeEmpty() throws IOException {
        JsonlRecording recording = JsonlRecording.read(file("\n"));
        assertThat(EventReader.newest(recording, StreamId.ZERO, 10)).isEqualTo(Window.EMPTY);
        assertThat(recording.position().lastId()).isEqualTo(StreamId.ZERO);
    }

    @Test
    @DisplayName("is read back in pages like any other source")
    void isASource() throws IOException {
        StringWriter out = new StringWriter();
        for (StreamEntry entry : Entries.usable(1, 500)) {
            JsonlRecording.write(entry, out);
        }
        JsonlRecording recording = JsonlRecording.read(file(out.toString()));

        assertThat(recording.backward(new StreamId(200, 5), new StreamId(150, 0), 3))
                .extracting(entry -> entry.id().ms())
                .containsExactly(200L, 199L, 198L);
        assertThat(recording.backward(StreamId.MAX, new StreamId(499, 1), 10)).hasSize(1);
        assertThat(EventReader.newest(recording, new StreamId(101, 0), 1_000).events())
                .hasSize(400);
        assertThat(recording.position()).isEqualTo(new Position(new StreamId(500, 0), new StreamId(500, 0).time()));
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
                "{\"id\":\"5-0\",\"fields\":[[\"a\",{\"b64\":\"*\"}]]} | base64",
                "{\"id\":\"5-0\",\"fields\":[]} x | Unrecognized token",
                "{\"id\":\"5-0\",\"fields\":[]} {} | something follows the entry",
                "{\"id\":\"1-0\",\"fields\":[]} | id 1-0 does not follow the one before"
            })
    void namesFileAndLine(String line, String says) throws IOException {
        Path file = file("{\"id\":\"1-0\",\"fields\":[]}\n\n" + line + "\n");
        assertThatThrownBy(() -> JsonlRecording.read(file))
                .isInstanceOf(TelemetryException.class)
                .hasMessageContaining(file + ", line 3: ")
                .hasMessageContaining(says);
    }

    @Test
    @DisplayName("says when there is no file, or it is not text")
    void noFile() throws IOException {
        Path missing = folder.resolve("missing.jsonl");
        assertThatThrownBy(() -> JsonlRecording.read(missing)).hasMessage("There is no file " + missing);
        assertThatThrownBy(() -> JsonlRecording.read(folder)).hasMessageContaining("cannot be read");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff});
        assertThatThrownBy(() -> JsonlRecording.read(binary)).hasMessage(binary + ", after line 0: not UTF-8");
    }
}
