package dev.qsc.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The files that are written from the types")
class GeneratedFilesTest {
    private static final Path REPOSITORY = Path.of("../..");

    /** {@code -Dcrds=write} writes the files instead of comparing them. */
    private static final boolean WRITE = "write".equals(System.getProperty("crds"));

    @TempDir
    static Path folder;

    static Stream<Map.Entry<String, String>> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        files.put("docs/reference.md", Reference.of(Crds.write(folder)));
        try (Stream<Path> crds = Files.list(folder)) {
            for (Path crd : crds.toList()) {
                files.put("crds/" + crd.getFileName(), Files.readString(crd));
            }
        }
        return files.entrySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    @DisplayName("are checked in as the types are now")
    void areUpToDate(Map.Entry<String, String> generated) throws IOException {
        Path file = REPOSITORY.resolve(generated.getKey());
        if (WRITE) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated.getValue());
        }
        assertThat(file)
                .as("%s does not fit the Java types: write it again with make crds", generated.getKey())
                .exists()
                .hasContent(generated.getValue());
    }
}
