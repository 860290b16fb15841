package dev.qsc.e2e.operator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.Tether;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to the API server on which every write of a status takes its time, and everything else does not: kubectl's
 * proxy speaks TLS, and before it the bytes of a write are held.
 */
final class SlowNetwork implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final AtomicInteger held = new AtomicInteger();
    private final Process proxy;
    private final int proxyPort;
    private final ServerSocket listener;
    private final Path kubeconfig;
    private final Duration delay;

    private SlowNetwork(Process proxy, int proxyPort, ServerSocket listener, Path kubeconfig, Duration delay) {
        this.proxy = proxy;
        this.proxyPort = proxyPort;
        this.listener = listener;
        this.kubeconfig = kubeconfig;
        this.delay = delay;
    }

    /**
     * Opens it.
     *
     * @param kubeconfig whose rights the callers have
     * @param delay how long each write of a status is held
     */
    static SlowNetwork start(Path directory, Path kubeconfig, Duration delay) {
        try {
            var proxy = Tether.program(List.of(
                            ControlPlane.kubectlBinary().toString(),
                            "--kubeconfig",
                            kubeconfig.toString(),
                            "proxy",
                            "--port=0"))
                    .start();
            var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            var slow = Files.writeString(directory.resolve("slow.kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: slow, cluster: {server: "http://127.0.0.1:%d"}}]
                    contexts: [{name: slow, context: {cluster: slow, user: nobody}}]
                    users: [{name: nobody, user: {}}]
                    current-context: slow
                    """.formatted(listener.getLocalPort()));
            var network = new SlowNetwork(proxy, port(proxy.inputReader()), listener, slow, delay);
            Thread.startVirtualThread(network::accept);
            return network;
        } catch (IOException e) {
            throw new UncheckedIOException("the slow network cannot be opened: " + e.getMessage(), e);
        }
    }

    /** {@code Starting to serve on 127.0.0.1:38475}. */
    private static int port(BufferedReader proxy) throws IOException {
        var line = proxy.readLine();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    /** How many writes it has begun to hold. */
    int held() {
        return held.get();
    }

    private void accept() {
        try {
            while (true) {
                var caller = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), proxyPort);
                Thread.startVirtualThread(() -> pump(caller, server, true));
                Thread.startVirtualThread(() -> pump(server, caller, false));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void pump(Socket from, Socket to, boolean slow) {
        try (from;
                to) {
            copy(from.getInputStream(), to.getOutputStream(), slow);
        } catch (IOException e) {
            // One side is gone, and so is the other one.
        }
    }

    private void copy(InputStream from, OutputStream to, boolean slow) throws IOException {
        var bytes = new byte[CHUNK];
        for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
            if (slow && new String(bytes, 0, length, ISO_8859_1).matches("(?s)PATCH /apis/qsc.dev/\\S+/status\\b.*")) {
                hold();
            }
            to.write(bytes, 0, length);
        }
    }

    private void hold() {
        held.incrementAndGet();
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the slow network cannot be closed: " + e.getMessage(), e);
        }
        Tether.kill(proxy);
    }
}
