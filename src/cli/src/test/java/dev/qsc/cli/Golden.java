package dev.qsc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A golden case of the judge: a recording, a question and the answer. */
record Golden(Path folder, JsonNode about) {
    static final Path ALL = Path.of("../quality/src/test/resources/golden");

    static Stream<Golden> all() {
        try (Stream<Path> folders = Files.list(ALL)) {
            return folders.filter(Files::isDirectory).sorted().map(Golden::read).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Golden named(String name) {
        return read(ALL.resolve(name));
    }

    private static Golden read(Path folder) {
        try {
            return new Golden(
                    folder,
                    new ObjectMapper().readTree(folder.resolve("expected.json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String events() {
        return folder.resolve("events.jsonl").toString();
    }

    JsonNode expected() {
        return about.get("expected");
    }

    /** The question as a command line. */
    String[] command(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--events", events(), "--min-voters", "1"));
        if (!about.get("after").isNull()) {
            arguments.addAll(List.of("--after", about.get("after").textValue()));
        }
        if (!about.get("canary").isNull()) {
            arguments.addAll(List.of("--canary", about.get("canary").textValue()));
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
