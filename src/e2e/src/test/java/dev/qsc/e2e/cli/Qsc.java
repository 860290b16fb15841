package dev.qsc.e2e.cli;

import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged program {@code qsc}. */
final class Qsc {
    /** Its launcher in the source tree. */
    static final Path LAUNCHER = Repository.file("bin/qsc");

    private Qsc() {}

    static Command run(String... arguments) {
        return run(LAUNCHER, arguments);
    }

    /** Runs another copy or link. */
    static Command run(Path launcher, String... arguments) {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        return Command.run(line);
    }

    /** Runs a line of shell, in which {@code qsc} is the program. */
    static Command shell(String line) {
        return Command.run(List.of("sh", "-c", "qsc() { \"" + LAUNCHER + "\" \"$@\"; }\n" + line));
    }

    /** The events of a golden case. */
    static String golden(String name) {
        return Repository.file("src/quality/src/test/resources/golden/" + name + "/events.jsonl")
                .toString();
    }
}
