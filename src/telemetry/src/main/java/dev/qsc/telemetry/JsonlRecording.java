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
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A recorded stream, read once from its beginning: one entry a line, oldest first, {@code {"id": "<ms>-<seq>",
 * "fields": [["name", "value"], ...]}}. A name or value that is not UTF-8 is {@code {"b64": "..."}}. Empty lines are
 * skipped. A file named {@code *.gz} is compressed. One line at a time is held in memory, so a recording may be larger
 * than that. Not thread-safe.
 */
public final class JsonlRecording implements Iterator<StreamEntry>, AutoCloseable {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int BUFFER = 1 << 16;
    private static final String TORN = "the file ends in the middle of an entry; remove this line";

    private final Path file;
    private final Lines lines;
    private StreamEntry next;
    private StreamId last;

    private JsonlRecording(Path file, Lines lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * Opens a recording.
     *
     * @throws TelemetryException when there is no such file, or it may not be read
     */
    public static JsonlRecording open(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new TelemetryException(Kind.FILE, file + " is a directory; name a file in it");
            }
            InputStream in = Files.newInputStream(file);
            return new JsonlRecording(file, new Lines(isCompressed(file) ? unpacked(in) : in));
        } catch (IOException e) {
            throw explained(file, e);
        }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        try {
            return new GZIPInputStream(in, BUFFER);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Opens a file that {@linkplain #write entries are written} to; what it held before is lost.
     *
     * @throws TelemetryException when it cannot be written
     */
    public static Writer create(Path file) {
        try {
            OutputStream out = Files.newOutputStream(file);
            return new OutputStreamWriter(
                    isCompressed(file) ? new GZIPOutputStream(out, BUFFER) : new BufferedOutputStream(out, BUFFER),
                    UTF_8);
        } catch (IOException e) {
            throw new TelemetryException(Kind.FILE, "%s cannot be written: %s".formatted(file, reason(e)), e);
        }
    }

    private static boolean isCompressed(Path file) {
        return file.toString().endsWith(".gz");
    }

    /**
     * Whether there is another entry.
     *
     * @throws TelemetryException when the next line is no entry, or one out of order
     */
    @Override
    public boolean hasNext() {
        if (next == null) {
            next = read();
        }
        return next != null;
    }

    @Override
    public StreamEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        StreamEntry entry = next;
        next = null;
        return entry;
    }

    private StreamEntry read() {
        try {
            CharBuffer line = lines.next();
            while (line != null && isBlank(line)) {
                line = lines.next();
            }
            if (line == null) {
                return null;
            }
            StreamEntry entry = entry(line);
            if (last != null && !entry.id().isAfter(last)) {
                throw new IllegalArgumentException("id " + entry.id() + " does not follow the one before");
            }
            last = entry.id();
            return entry;
        } catch (CharacterCodingException e) {
            throw wrongLine(lines.isComplete() ? "not UTF-8" : TORN, e);
        } catch (JacksonException e) {
            boolean isCut = e.getOriginalMessage().startsWith("Unexpected end-of-input");
            String cut = lines.isComplete() ? "the entry does not end in this line" : TORN;
            throw wrongLine(isCut ? cut : e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw wrongLine(e.getMessage(), e);
        } catch (IOException e) {
            throw explained(file, e);
        }
    }

    private static boolean isBlank(CharBuffer line) {
        return line.chars().allMatch(Character::isWhitespace);
    }

    private TelemetryException wrongLine(String what, Exception cause) {
        return new TelemetryException(Kind.FILE, "%s, line %d: %s".formatted(file, lines.number(), what), cause);
    }

    private static TelemetryException explained(Path file, IOException e) {
        String sentence =
                switch (e) {
                    case NoSuchFileException _ -> "There is no file " + file;
                    case EOFException _ -> file + " ends too early; it was not written to its end";
                    default -> "%s cannot be read: %s".formatted(file, reason(e));
                };
        return new TelemetryException(Kind.FILE, sentence, e);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such folder";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage();
        };
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw explained(file, e);
        }
    }

    /** Writes one entry as a line, and does not flush it. */
    public static void write(StreamEntry entry, Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
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

    private static StreamEntry entry(CharBuffer line) throws IOException {
        StreamId id = null;
        List<byte[]> fields = null;
        try (JsonParser in = JSON.createParser(line.array(), line.position(), line.remaining())) {
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
        require(in.currentToken() == JsonToken.END_ARRAY);
        return fields;
    }

    private static byte[] bytes(JsonParser in) throws IOException {
        if (in.nextToken() == JsonToken.VALUE_STRING) {
            return bytes(in.getText());
        }
        if (in.currentToken() != JsonToken.START_OBJECT || !"b64".equals(in.nextFieldName())) {
            throw new IllegalArgumentException("a name or value is a string or {\"b64\": \"...\"}");
        }
        expect(in, JsonToken.VALUE_STRING);
        byte[] bytes = in.getBinaryValue();
        expect(in, JsonToken.END_OBJECT);
        return bytes;
    }

    private static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (!new String(bytes, UTF_8).equals(text)) {
            throw new IllegalArgumentException(
                    "a name or value holds half of a surrogate pair; bytes that are not UTF-8 are {\"b64\": \"...\"}");
        }
        return bytes;
    }

    private static void expect(JsonParser in, JsonToken token) throws IOException {
        require(in.nextToken() == token);
    }

    private static void require(boolean isAsExpected) {
        if (!isAsExpected) {
            throw new IllegalArgumentException(
                    "expected is {\"id\": \"<ms>-<seq>\", \"fields\": [[\"name\", \"value\"], ...]}");
        }
    }

    /** Names the file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
