package dev.qsc.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@NeedsControlPlane
@DisplayName("The local control plane")
class LocalControlPlaneTest {

    @TempDir
    private Path directory;

    @Test
    @DisplayName("leaves no process when stopped, and comes back with the same objects at the same address")
    void stopsAndComesBack() throws IOException {
        List<ProcessHandle> first;
        try (var controlPlane = ControlPlane.startLocally(directory, ProcessHandle.current())) {
            controlPlane.kubectl("create", "namespace", "kept").orThrow();
            first = processes();
            assertThat(first).hasSize(4).allMatch(ProcessHandle::isAlive);
        }
        awaitGone(first);

        var address = Files.readString(directory.resolve("kubeconfig"))
                .lines()
                .filter(line -> line.contains("server:"))
                .toList();
        try (var controlPlane = ControlPlane.startLocally(directory, ProcessHandle.current())) {
            assertThat(controlPlane.kubectl("get", "namespace", "kept").exitCode())
                    .isZero();
            assertThat(Files.readString(controlPlane.kubeconfig()).lines()).containsAll(address);
        }
    }

    @Test
    @DisplayName("ends when its owner is killed")
    void endsWithItsOwner() throws IOException {
        var owner = new ProcessBuilder("sleep", "1000").start();
        try (var controlPlane = ControlPlane.startLocally(directory, owner.toHandle())) {
            assertThat(controlPlane.kubectl("get", "namespaces").exitCode()).isZero();
            var running = processes();

            owner.destroyForcibly();
            awaitGone(running);
        } finally {
            owner.destroyForcibly();
        }
    }

    /** Awaited, because one that is gone counts until somebody has asked for its exit code. */
    private static void awaitGone(List<ProcessHandle> processes) {
        await().atMost(Duration.ofSeconds(10)).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** The supervisor, etcd, kube-apiserver and the one that watches the owner. */
    private List<ProcessHandle> processes() throws IOException {
        var supervisor = ProcessHandle.of(Long.parseLong(
                        Files.readString(directory.resolve("pid")).strip()))
                .orElseThrow();
        return Stream.concat(Stream.of(supervisor), supervisor.children()).toList();
    }
}
