package dev.qsc.e2e.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The source tree this process runs in. */
public final class Repository {

    private Repository() {}

    /**
     * A file of the source tree, looked for from the working directory upwards.
     *
     * @param path relative to the root of the tree, with slashes
     * @throws IllegalStateException if no parent of the working directory holds it
     */
    public static Path file(String path) {
        return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
                .map(folder -> folder.resolve(path))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(path + " is in no folder above "
                        + Path.of("").toAbsolutePath() + ": run from the source tree"));
    }
}
