package dev.qsc.host.agent;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real Redis on loopback, on a port of its own, without anything kept on disk. */
final class TestRedis implements AutoCloseable {
    static final String KEY = "quantum:stream:trade.intent";

    private final int port;
    private final Process process;

    private TestRedis(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static TestRedis start(String... settings) throws IOException {
        int port = freePort();
        List<String> line = new ArrayList<>(List.of(
                "redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        line.addAll(List.of(settings));
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        TestRedis redis = new TestRedis(port, process);
        await().ignoreExceptions().until(() -> redis.call("PING").equals("PONG"));
        return redis;
    }

    RedisStream stream() {
        return stream("", KEY);
    }

    RedisStream stream(String login, String key) {
        return RedisStream.at("redis://" + login + "127.0.0.1:" + port, Optional.empty(), key);
    }

    /** Sends a command by redis-cli, and returns what it prints. */
    String call(String... words) {
        try {
            List<String> line = new ArrayList<>(List.of("redis-cli", "-e", "-p", "" + port));
            line.addAll(List.of(words));
            Process cli = new ProcessBuilder(line).redirectErrorStream(true).start();
            String output = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (cli.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("redis-cli is needed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Adds an entry with that id and one field. */
    void add(String id, String value) {
        call("XADD", KEY, id, "payload", value);
    }

    /** Adds an entry with that id and one field of that many bytes. */
    void addLarge(String id, int bytes) {
        call("EVAL", "redis.call('XADD', KEYS[1], ARGV[1], 'p', string.rep('x', ARGV[2]))", "1", KEY, id, "" + bytes);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
