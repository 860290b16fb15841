package dev.qsc.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsTestHost
@DisplayName("A test host")
class TestHostTest {

    @Test
    @DisplayName("has systemd as pid 1, runs commands, and survives a power cut with its disk but without /run")
    void bootsRunsAndSurvivesPowerCuts() {
        try (var host = TestHost.start("lab")) {
            assertThat(host.exec("cat", "/proc/1/comm").stdout().strip()).isEqualTo("systemd");
            assertThat(host.exec("systemctl", "is-system-running").stdout().strip())
                    .isEqualTo("running");
            assertThat(host.exec("sh", "-c", "echo out; echo err >&2; exit 7"))
                    .returns(7, Command::exitCode)
                    .returns("out\n", Command::stdout)
                    .returns("err\n", Command::stderr);

            host.write("/var/lib/kept", "here");
            host.write("/run/lost", "there");
            host.powerCut();
            assertThat(host.exec("true").stderr()).contains("switched off");

            host.boot();
            assertThat(host.exec("cat", "/var/lib/kept").stdout()).isEqualTo("here");
            assertThat(host.exec("cat", "/run/lost").exitCode()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("reaches this machine and is reached, until it is partitioned: then there is silence, not an error")
    void network() throws IOException {
        try (var host = TestHost.start("one");
                var other = TestHost.start("two");
                var here = new ServerSocket(0)) {
            var port = here.getLocalPort();
            assertThat(List.of(host.outsideAddress(), other.outsideAddress())).doesNotHaveDuplicates();
            connectOutwards(host, port).orThrow();
            connectOutwards(other, port).orThrow();

            host.shell("systemd-run --unit listener python3 -m http.server 8000");
            await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
                connectTo(host, 8000);
                return true;
            });

            host.partition();
            assertThatThrownBy(() -> connectTo(host, 8000)).isInstanceOf(SocketTimeoutException.class);
            assertThat(connectOutwards(host, port).exitCode()).isEqualTo(124);
            connectOutwards(other, port).orThrow();

            host.heal();
            assertThatCode(() -> connectTo(host, 8000)).doesNotThrowAnyException();
            connectOutwards(host, port).orThrow();
        }
    }

    @Test
    @DisplayName("leaves nothing mounted, running or connected when it is closed")
    void leavesNothing() throws IOException {
        var host = TestHost.start("gone");
        var traces = traces(host.name());
        assertThat(traces).isNotEmpty();

        host.close();
        assertThat(traces(host.name())).isEmpty();
        assertThat(host.exec("true").stderr()).contains("no test host " + host.name());
        assertThatCode(host::close).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("is stopped when the process that started it is killed")
    void endsWithItsOwner() throws IOException {
        var owner = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            var name = owner.inputReader().readLine();
            assertThat(traces(name)).isNotEmpty();

            owner.destroyForcibly();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(traces(name)).isEmpty());
        } finally {
            owner.destroyForcibly();
        }
    }

    /** Starts a host, prints its name and waits to be killed. */
    static final class Owner {
        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(TestHost.start("owned").name());
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    private static Command connectOutwards(TestHost host, int port) {
        var script = "exec 3<>/dev/tcp/%s/%d".formatted(host.outsideAddress(), port);
        return host.exec("timeout", "2", "bash", "-c", script);
    }

    private static void connectTo(TestHost host, int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host.address(), port), 2000);
        }
    }

    /** Mounts, processes, network namespaces and files that bear the host's name. */
    private static List<String> traces(String name) throws IOException {
        try (var processes = ProcessHandle.allProcesses();
                var namespaces = Files.list(Path.of("/run/netns"));
                var disks = Files.list(Path.of("/var/tmp/qsc-test-host"))) {
            var mounts = Files.readString(Path.of("/proc/mounts")).lines();
            var commands = processes.flatMap(process -> process.info().commandLine().stream());
            var files = Stream.concat(namespaces, disks).map(Path::toString);
            return Stream.of(mounts, commands, files)
                    .flatMap(all -> all)
                    .filter(trace -> trace.contains(name))
                    .toList();
        }
    }
}
