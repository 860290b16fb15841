package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The service manager's command")
class SystemctlTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("shows a block of properties for each unit")
    void show() throws IOException {
        Systemctl systemctl = command("printf 'ActiveState=active\\nStatusText=a=b\\n\\nActiveState=inactive\\n'");
        assertThat(systemctl.show(List.of("a.service", "b.service")))
                .satisfiesExactly(
                        a -> assertThat(a)
                                .containsEntry("ActiveState", "active")
                                .containsEntry("StatusText", "a=b"),
                        b -> assertThat(b).containsEntry("ActiveState", "inactive"));
        assertThatThrownBy(() -> systemctl.show(List.of("a.service")))
                .hasMessage("systemctl show answered for 2 units instead of 1");
    }

    @Test
    @DisplayName("is quoted with what it said when it fails")
    void failure() throws IOException {
        Systemctl systemctl = command("echo 'Access denied' >&2; exit 4");
        assertThatThrownBy(() -> systemctl.start("a.service"))
                .isInstanceOf(HostException.class)
                .hasMessageEndingWith("--no-ask-password --no-block start -- a.service ended with 4: Access denied");
    }

    @Test
    @Timeout(9)
    @DisplayName("is ended when it hangs, also while it says nothing")
    void hangs() throws IOException {
        Systemctl systemctl = command("exec sleep 60");
        assertThatThrownBy(systemctl::version).isInstanceOf(HostException.class).hasMessageContaining("ended with 137");
    }

    private Systemctl command(String script) throws IOException {
        Path file = Files.writeString(directory.resolve("systemctl"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Systemctl(file.toString());
    }
}
