package dev.qsc.quality;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One golden case: a recorded stream and what the judge must say about it. */
record Golden(
        String name, List<StreamEntry> entries, Optional<Instant> after, Optional<String> canary, JsonNode expected) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Golden> all() {
        try {
            Path folder = Path.of("src/test/resources/golden");
            try (Stream<Path> cases = Files.list(folder)) {
                return cases.filter(Files::isDirectory).sorted().map(Golden::read).toList().stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Golden read(Path folder) {
        try {
            JsonNode about = JSON.readTree(folder.resolve("expected.json").toFile());
            List<StreamEntry> entries = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve("events.jsonl"))) {
                entries.add(entry(JSON.readTree(line)));
            }
            return new Golden(
                    folder.getFileName().toString(),
                    entries,
                    Optional.ofNullable(about.get("after").textValue()).map(Instant::parse),
                    Optional.ofNullable(about.get("canary").textValue()),
                    about.get("expected"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StreamEntry entry(JsonNode line) throws IOException {
        List<byte[]> fields = new ArrayList<>();
        for (JsonNode field : line.get("fields")) {
            fields.add(bytes(field.get(0)));
            fields.add(bytes(field.get(1)));
        }
        return new StreamEntry(StreamId.parse(line.get("id").textValue()), fields);
    }

    private static byte[] bytes(JsonNode value) throws IOException {
        return value.isTextual()
                ? value.textValue().getBytes(UTF_8)
                : value.get("b64").binaryValue();
    }

    /** The newest 2,000 usable events since the cutover. */
    Window window() {
        RecentEvents events = new RecentEvents(2_000);
        EventParser parser = new EventParser();
        StreamId oldest = after.map(StreamId::firstAt).orElse(StreamId.ZERO);
        for (StreamEntry entry : entries.reversed()) {
            if (events.isFull() || oldest.isAfter(entry.id())) {
                break;
            }
            events.prepend(parser.parse(entry));
        }
        return events.window();
    }

    @Override
    public String toString() {
        return name;
    }
}
