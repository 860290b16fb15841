package dev.qsc.e2e.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The Redis server")
class RedisServerTest {

    @TempDir
    private Path directory;

    @Test
    @DisplayName("serves streams, and after a stop is refused until it resumes on the same port, empty")
    void stopsAndResumes() throws IOException {
        try (var redis = RedisServer.start(directory)) {
            assertThat(redis.url()).isEqualTo("redis://127.0.0.1:" + redis.port());
            ask(redis.port(), "XADD s * event_type trade.intent");
            assertThat(ask(redis.port(), "XLEN s")).isEqualTo(":1");

            redis.stop();
            assertThatThrownBy(() -> ask(redis.port(), "PING")).isInstanceOf(ConnectException.class);

            redis.resume();
            assertThat(ask(redis.port(), "XLEN s")).isEqualTo(":0");
        }
    }

    @Test
    @DisplayName("takes settings: a password, and a file that outlives a crash")
    void settings() throws IOException {
        try (var redis = RedisServer.start(directory, "127.0.0.1", List.of("requirepass sesame", "appendonly yes"))) {
            assertThat(ask(redis.port(), "PING")).startsWith("-NOAUTH");
            assertThat(ask(redis.port(), "AUTH sesame", "INCR n")).isEqualTo(":1");

            redis.stop();
            redis.resume();
            assertThat(ask(redis.port(), "AUTH sesame", "INCR n")).isEqualTo(":2");
        }
    }

    @Test
    @DisplayName("says why it did not start")
    void refuses() {
        assertThatThrownBy(() -> RedisServer.start(directory, "127.0.0.1", List.of("no-such-setting 1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
    }

    @Test
    @DisplayName("dies with a JVM that is killed")
    void diesWithItsOwner() throws IOException {
        var owner = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            var port = Integer.parseInt(owner.inputReader(UTF_8).readLine());
            assertThat(ask(port, "PING")).isEqualTo("+PONG");

            owner.destroyForcibly();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThatThrownBy(() -> ask(port, "PING")).isInstanceOf(ConnectException.class));
        } finally {
            owner.destroyForcibly();
        }
    }

    /** Starts Redis, prints its port and waits to be killed. */
    static final class Owner {
        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(RedisServer.start(Path.of(arguments[0])).port());
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    /** Sends commands over one connection and returns the first line of the last answer. */
    private static String ask(int port, String... commands) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            var answer = "";
            for (var command : commands) {
                socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
                answer = answers.readLine();
            }
            return answer;
        }
    }
}
