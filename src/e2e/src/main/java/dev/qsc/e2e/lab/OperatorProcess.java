package dev.qsc.e2e.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * The packaged operator as a process of its own, as it runs in a cluster. It ends with this process, however that ends.
 */
public final class OperatorProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String JAR = "src/operator/target/quarkus-app/quarkus-run.jar";
    private static final String LEADS = "this operator leads";

    private final Process process;
    private final Path log;
    private final long logBegin;
    private final URI http;

    private OperatorProcess(Process process, Path log, long logBegin, URI http) {
        this.process = process;
        this.log = log;
        this.logBegin = logBegin;
        this.http = http;
    }

    /**
     * Starts the operator of this source tree, and returns at once.
     *
     * @param directory where its log goes, as {@code operator.log}, added to that of an earlier start
     * @param kubeconfig whose rights it has
     * @param configuration properties beyond its defaults
     * @throws IllegalStateException if it is not built: {@code make build}
     */
    public static OperatorProcess start(Path directory, Path kubeconfig, Map<String, String> configuration) {
        var port = FreePort.on("127.0.0.1");
        var line = line(port, configuration);
        try {
            Files.createDirectories(directory);
            var log = directory.resolve("operator.log");
            var logBegin = Files.exists(log) ? Files.size(log) : 0;
            var program = Tether.program(line)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            program.environment().put("KUBECONFIG", kubeconfig.toString());
            return new OperatorProcess(program.start(), log, logBegin, URI.create("http://127.0.0.1:" + port));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the operator in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Waits until it says that it is ready, as a leader or as a standby, and returns it. */
    public OperatorProcess awaitReady() {
        return await("ready", () -> answers("/q/health/ready"));
    }

    /** Waits until it leads, and returns it; another one that was killed stands in its way for a lease duration. */
    public OperatorProcess awaitLeading() {
        return await("leading", () -> log().contains(LEADS));
    }

    private OperatorProcess await(String state, Callable<Boolean> reached) {
        Awaitility.await("operator " + state)
                .atMost(START_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(() -> !process.isAlive() || reached.call());
        if (!process.isAlive()) {
            throw new IllegalStateException("the operator ended with " + process.exitValue() + " before it was " + state
                    + ": " + lastLines(log()));
        }
        return this;
    }

    /** Whether one of its paths answers with 200. */
    public boolean answers(String path) {
        try {
            return get(path).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** What one of its paths answers. */
    public HttpResponse<String> get(String path) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(http.resolve(path))
                    .timeout(ANSWER_TIMEOUT)
                    .build();
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("no answer from " + http.resolve(path) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking " + http.resolve(path), e);
        }
    }

    /** All it has written so far; what an earlier one wrote to the same file is left out. */
    public String log() {
        try (var bytes = Files.newInputStream(log)) {
            bytes.skipNBytes(logBegin);
            return new String(bytes.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }

    /** Whether it has not ended yet. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it as a crash would, and returns when it is gone. */
    public void kill() {
        Tether.kill(process);
    }

    /**
     * Waits until it ends by itself.
     *
     * @return its exit code; 128 and more for a signal
     */
    public int awaitExit(Duration atMost) {
        Awaitility.await("end of the operator")
                .atMost(atMost)
                .pollInterval(POLL)
                .until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** Stops it in an orderly way, and returns when it is gone. */
    @Override
    public void close() {
        Tether.terminate(process);
    }

    private static List<String> line(int port, Map<String, String> configuration) {
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port));
        configuration.forEach((name, value) -> line.add("-D" + name + "=" + value));
        line.addAll(List.of("-jar", Repository.file(JAR).toString()));
        return line;
    }

    private static String lastLines(String log) {
        var lines = log.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }
}
