package dev.qsc.telemetry;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A real Redis server on a free loopback port, which forgets everything when it is closed. */
final class RedisServer implements AutoCloseable {
    static final String MISSING = "redis-server is not installed; install it with: apt-get install redis-server";

    private final int port;
    private final Process process;

    private RedisServer(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static RedisServer start(String... options) {
        return start(freePort(), options);
    }

    static RedisServer start(int port, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no"));
        command.addAll(List.of(options));
        Path log = Path.of("target", "redis-" + port + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            RedisServer server = new RedisServer(port, process);
            try {
                await("Redis, see " + log).until(server::answers);
            } catch (RuntimeException e) {
                server.kill();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(MISSING, e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Redis ended with exit code " + process.exitValue());
        }
        try (Jedis redis = admin()) {
            return redis.ping().equals("PONG");
        } catch (JedisAccessControlException _) {
            return true;
        } catch (JedisConnectionException | JedisDataException _) {
            return false; // not there yet, or still loading
        }
    }

    /** Whether tests that need a server run: where nothing may be skipped they do, and fail without one. */
    static boolean isWanted() {
        boolean isInstalled = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
        return isInstalled || "true".equals(System.getenv("CI"));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    RedisAddress address() {
        return RedisAddress.parse("redis://127.0.0.1:" + port);
    }

    /** A client that may do everything. */
    Jedis admin() {
        return new Jedis("127.0.0.1", port);
    }

    /** Lets it hang, with its connections open. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void kill() {
        process.destroyForcibly();
        try {
            Assertions.assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
