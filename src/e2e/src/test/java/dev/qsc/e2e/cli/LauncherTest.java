package dev.qsc.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("bin/qsc")
class LauncherTest {
    private static final Path ARCHIVE = Repository.file("src/cli/target/qsc-0.1.0.tar.gz");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "count-200, 0, PASS",
        "count-199, 2, FAIL",
        "missing-stream, 2, FAIL",
        "invalid-utf8-payload, 0, PASS",
        "unicode-names, 0, PASS",
        "conf-nan-token, 2, FAIL"
    })
    @DisplayName("answers golden cases in the process that users start")
    void golden(String name, int exitCode, String verdict) {
        Command qsc = Qsc.run("gate", "--events", Qsc.golden(name), "--min-voters", "1", "-o", "json");

        assertThat(qsc.exitCode()).isEqualTo(exitCode);
        assertThat(qsc.stdout()).startsWith("{\n  \"gate\" : \"" + verdict + "\",");
        assertThat(qsc.stderr()).isEmpty();
    }

    @Test
    @DisplayName("works in any directory, through links, and without JAVA_HOME")
    void links() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("first"), Qsc.LAUNCHER);
        Files.createSymbolicLink(folder.resolve("second"), link.getFileName());

        Command qsc = Qsc.shell("cd '%s' && unset JAVA_HOME && ./second --version".formatted(folder));

        assertThat(qsc.exitCode()).isZero();
        assertThat(qsc.stdout()).isEqualTo("qsc 0.1.0\n");
        assertThat(qsc.stderr()).isEmpty();
    }

    @Test
    @DisplayName("reads names in any script, whatever the locale")
    void locale() {
        Command qsc = Qsc.shell("LC_ALL=C qsc gate --events '%s' --canary 模型".formatted(Qsc.golden("unicode-names")));

        assertThat(qsc.stdout()).contains("模型").doesNotContain("Canary absent");
    }

    @Test
    @DisplayName("says what to do when it is not built")
    void unbuilt() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("bin")).resolve("qsc");
        Files.copy(Qsc.LAUNCHER, copy);

        Command unbuilt = Qsc.run(copy, "gate");

        assertThat(unbuilt.exitCode()).isEqualTo(1);
        assertThat(unbuilt.stderr())
                .isEqualTo("qsc: The program is not built yet: run make build in " + folder + ".\n");
    }

    @Test
    @DisplayName("ends quietly when its reader goes away, and says so when the disk is full")
    void output() {
        String scoreboard =
                "qsc scoreboard --events '%s' --after 2026-01-10T05:43:15Z".formatted(Qsc.golden("count-200"));

        Command piped = Qsc.shell(scoreboard + " | true");
        Command full = Qsc.shell(scoreboard + " >/dev/full");

        assertThat(piped.stderr()).isEmpty();
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.stderr())
                .startsWith("qsc: The result cannot be written: ")
                .hasLineCount(1);
    }

    @Test
    @DisplayName("runs from its archive, before and after a training")
    void archive() {
        Command.run(List.of("tar", "xzf", ARCHIVE.toString(), "-C", folder.toString()))
                .orThrow();
        Path home = folder.resolve("qsc-0.1.0");
        Path launcher = home.resolve("bin/qsc");

        assertThat(Qsc.run(launcher, "gate", "--events", Qsc.golden("count-200"))
                        .exitCode())
                .isZero();
        Command train = Qsc.run(launcher, "train");
        assertThat(train.exitCode()).as(train.stderr()).isZero();
        assertThat(home.resolve("qsc-cli.aot")).isNotEmptyFile();
        Command trained = Qsc.run(launcher, "gate", "--events", Qsc.golden("count-200"));
        assertThat(trained.exitCode()).isZero();
        assertThat(trained.stderr()).isEmpty();
    }

    @Nested
    @NeedsControlPlane
    @DisplayName("as a plugin of kubectl")
    class Plugin {
        @Test
        @DisplayName("is called kubectl qsc, and returns its own exit codes")
        void plugin() throws IOException {
            Files.createSymbolicLink(folder.resolve("kubectl-qsc"), Qsc.LAUNCHER);
            String kubectl = "PATH='%s':\"$PATH\" '%s' qsc ".formatted(folder, ControlPlane.kubectlBinary());

            assertThat(Qsc.shell(kubectl + "gate --help").stdout()).startsWith("Usage: kubectl qsc gate ");
            assertThat(Qsc.shell(kubectl + "gate --events '%s'".formatted(Qsc.golden("count-199")))
                            .exitCode())
                    .isEqualTo(2);
            assertThat(Qsc.shell(kubectl + "gate").stderr()).endsWith("See kubectl qsc gate --help.\n");
        }
    }
}
