package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A recorded stream: one entry a line, oldest first, {@code {"id": "<ms>-<seq>", "fields": [["name", "value"], ...]}}.
 * A name or value that is not UTF-8 is {@code {"b64": "..."}}. Empty lines are skipped. The whole recording is held in
 * memory; its time is that of its last entry.
 */
public final class JsonlRecording implements EventSource {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Path file;
    private final List<StreamEntry> entries;

    private JsonlRecording(Path file, List<StreamEntry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads a recording.
     *
     * @throws TelemetryException when there is no such file, or a line of it is no entry, or one out of order
     */
    public static JsonlRecording read(Path file) {
        List<StreamEntry> entries = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    StreamEntry entry = entry(line);
                    if (!entries.isEmpty()
                            && !entry.id().isAfter(entries.getLast().id())) {
                        throw new IllegalArgumentException("id " + entry.id() + " does not follow the one before");
                    }
                    entries.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            throw new TelemetryException(Kind.FILE, "There is no file " + file, e);
        } catch (CharacterCodingException e) {
            throw new TelemetryException(Kind.FILE, "%s, after line %d: not UTF-8".formatted(file, number), e);
        } catch (JacksonException e) {
            throw new TelemetryException(
                    Kind.FILE, "%s, line %d: %s".formatted(file, number, e.getOriginalMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new TelemetryException(Kind.FILE, "%s, line %d: %s".formatted(file, number, e.getMessage()), e);
        } catch (IOException e) {
            throw new TelemetryException(Kind.FILE, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        return new JsonlRecording(file, entries);
    }

    /** Writes one entry as a line. */
    public static void write(StreamEntry entry, Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField("id", entry.id().toString());
            json.writeArrayFieldStart("fields");
            for (int i = 0; i < entry.fields().size(); i += 2) {
                json.writeStartArray();
                writeBytes(entry.fields().get(i), json);
                writeBytes(entry.fields().get(i + 1), json);
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void writeBytes(byte[] bytes, JsonGenerator json) throws IOException {
        try {
            json.writeString(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            json.writeStartObject();
            json.writeBinaryField("b64", bytes);
            json.writeEndObject();
        }
    }

    private static StreamEntry entry(String line) throws IOException {
        StreamId id = null;
        List<byte[]> fields = null;
        try (JsonParser in = JSON.createParser(line)) {
            expect(in, JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                switch (name) {
                    case "id" -> {
                        expect(in, JsonToken.VALUE_STRING);
                        id = StreamId.parse(in.getText());
                    }
                    case "fields" -> fields = fields(in);
                    default -> {
                        in.nextToken();
                        in.skipChildren();
                    }
                }
            }
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("something follows the entry");
            }
        }
        if (id == null || fields == null) {
            throw new IllegalArgumentException("an entry has an \"id\" and \"fields\"");
        }
        return new StreamEntry(id, fields);
    }

    private static List<byte[]> fields(JsonParser in) throws IOException {
        List<byte[]> fields = new ArrayList<>();
        expect(in, JsonToken.START_ARRAY);
        while (in.nextToken() == JsonToken.START_ARRAY) {
            fields.add(bytes(in));
            fields.add(bytes(in));
            expect(in, JsonToken.END_ARRAY);
        }
        return fields;
    }

    private static byte[] bytes(JsonParser in) throws IOException {
        if (in.nextToken() == JsonToken.VALUE_STRING) {
            return in.getText().getBytes(UTF_8);
        }
        if (in.currentToken() != JsonToken.START_OBJECT || !"b64".equals(in.nextFieldName())) {
            throw new IllegalArgumentException("a name or value is a string or {\"b64\": \"...\"}");
        }
        expect(in, JsonToken.VALUE_STRING);
        byte[] bytes = in.getBinaryValue();
        expect(in, JsonToken.END_OBJECT);
        return bytes;
    }

    private static void expect(JsonParser in, JsonToken token) throws IOException {
        if (in.nextToken() != token) {
            throw new IllegalArgumentException(
                    "expected is {\"id\": \"<ms>-<seq>\", \"fields\": [[\"name\", \"value\"], ...]}");
        }
    }

    /** Every entry, oldest first. */
    public List<StreamEntry> entries() {
        return Collections.unmodifiableList(entries);
    }

    @Override
    public Position position() {
        StreamId lastId = entries.isEmpty() ? StreamId.ZERO : entries.getLast().id();
        return new Position(lastId, lastId.time());
    }

    @Override
    public List<StreamEntry> backward(StreamId newest, StreamId oldest, int count) {
        List<StreamEntry> page = new ArrayList<>();
        for (int i = placeOf(newest); i >= 0 && page.size() < count; i--) {
            if (oldest.isAfter(entries.get(i).id())) {
                break;
            }
            page.add(entries.get(i));
        }
        return page;
    }

    /** Place of the newest entry that is not after this id, or -1. */
    private int placeOf(StreamId id) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).id().isAfter(id)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
