package dev.qsc.e2e.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Redis on a port of its own: the {@code redis-server} of this machine or, where there is none, one in a
 * container on the host's network. It ends with this process, however that ends.
 */
public final class RedisServer implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Path directory;
    private final List<String> network;
    private final String address;
    private final int port;
    private Server server;

    private RedisServer(Path directory, List<String> network, String address, int port) {
        this.directory = directory;
        this.network = network;
        this.address = address;
        this.port = port;
    }

    /** Starts Redis on loopback, open to every user of this machine and without anything kept on disk. */
    public static RedisServer start(Path directory) {
        return start(directory, LOOPBACK, List.of());
    }

    /**
     * Starts Redis on a free port and returns when it serves.
     *
     * @param directory where configuration, log and data go; made if missing, stays after {@link #close}
     * @param address the one address to listen on
     * @param settings further lines of {@code redis.conf}, such as {@code requirepass secret} or {@code appendonly yes}
     * @throws IllegalStateException if there is no Redis to start, or it refuses to, with its reason
     */
    public static RedisServer start(Path directory, String address, List<String> settings) {
        return start(directory, List.of(), address, settings);
    }

    /** Starts Redis on a host's own loopback, where nobody but the programs of that host reaches it. */
    public static RedisServer start(Path directory, TestHost host) {
        return start(directory, host.onItsNetwork(), LOOPBACK, List.of());
    }

    private static RedisServer start(Path directory, List<String> network, String address, List<String> settings) {
        var redis = new RedisServer(directory.toAbsolutePath(), network, address, FreePort.on(address));
        redis.configure(settings);
        redis.launch();
        return redis;
    }

    /** The port it listens on, the same for all its life. */
    public int port() {
        return port;
    }

    /** {@code redis://address:port}, without user and password. */
    public String url() {
        return "redis://" + address + ":" + port;
    }

    /** What it answers to a command, wherever it listens. */
    public String ask(String... command) {
        var line = new ArrayList<>(line("redis-cli", "-h", address, "-p", Integer.toString(port)));
        line.addAll(List.of(command));
        return Command.run(line).orThrow().stdout();
    }

    /** One of its counters, as {@code INFO stats} has it. */
    public long counter(String name) {
        return ask("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Ends it as a crash would and returns when it is gone; its data too, unless set to {@code appendonly yes}. */
    public void stop() {
        server.end();
    }

    /** Starts it again, on the same port, after {@link #stop}. */
    public void resume() {
        if (server.runs()) {
            throw new IllegalStateException("Redis on port " + port + " was not stopped");
        }
        launch();
    }

    /** Ends it and returns when it is gone. */
    @Override
    public void close() {
        server.end();
    }

    private void configure(List<String> settings) {
        var lines = new ArrayList<>(List.of(
                "bind " + address,
                "port " + port,
                "protected-mode no",
                "dir \"" + directory + "\"",
                "logfile \"" + log() + "\"",
                "save \"\""));
        lines.addAll(settings);
        SecretFile.write(configuration(), String.join("\n", lines) + "\n");
    }

    private void launch() {
        try {
            Files.deleteIfExists(log());
            server = redisOnPath().<Server>map(this::local).orElseGet(this::contained);
            awaitServing();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Redis in " + directory + ": " + e.getMessage(), e);
        }
    }

    private void awaitServing() throws IOException {
        try {
            Awaitility.await("Redis on port " + port)
                    .atMost(START_TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .until(() -> serves() || !server.runs());
        } catch (ConditionTimeoutException e) {
            server.end();
        }
        if (!server.runs()) {
            throw new IllegalStateException(
                    "Redis did not start: " + Files.readString(log()).strip());
        }
    }

    // The port's answer would prove nothing: it may be another server's.
    private boolean serves() throws IOException {
        return Files.exists(log()) && Files.readString(log()).contains("Ready to accept connections");
    }

    private Path configuration() {
        return directory.resolve("redis.conf");
    }

    private Path log() {
        return directory.resolve("redis.log");
    }

    private static Optional<Path> redisOnPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A started server. */
    private sealed interface Server {
        boolean runs();

        /** Ends it at once and returns when it is gone. */
        void end();
    }

    private LocalServer local(Path binary) {
        try {
            var line = new ArrayList<>(List.of("bash", "-c", LocalServer.UNTIL_END_OF_INPUT, "redis"));
            line.addAll(line(binary.toString(), configuration().toString()));
            return new LocalServer(new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run bash: " + e.getMessage(), e);
        }
    }

    private List<String> line(String... program) {
        return Stream.concat(network.stream(), Stream.of(program)).toList();
    }

    private record LocalServer(Process process) implements Server {

        /** Runs its arguments until they end or its input does: the kernel closes that when this process dies. */
        static final String UNTIL_END_OF_INPUT = """
                exec 3<&0
                "$@" 3<&- </dev/null &
                cat <&3 >/dev/null &
                wait -n
                kill -KILL $(jobs -p) 2>/dev/null
                wait""";

        @Override
        public boolean runs() {
            return process.isAlive();
        }

        @Override
        public void end() {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot end Redis: " + e.getMessage(), e);
            }
            process.onExit().join();
        }
    }

    private ContainedServer contained() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException("redis-server is missing: apt-get install redis-server, or start Docker");
        }
        // The full path keeps the image from changing to a user who cannot read the configuration.
        var container = new GenericContainer<>(DockerImageName.parse("redis:7"))
                .withNetworkMode("host")
                .withFileSystemBind(directory.toString(), directory.toString(), BindMode.READ_WRITE)
                .withCommand("/usr/local/bin/redis-server", configuration().toString());
        container.start();
        return new ContainedServer(container);
    }

    private record ContainedServer(GenericContainer<?> container) implements Server {

        @Override
        public boolean runs() {
            return container.isRunning();
        }

        @Override
        public void end() {
            container.stop();
        }
    }
}
