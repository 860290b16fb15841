package dev.qsc.host.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;

/**
 * What {@code /usr/lib/qsc/train} lets the Java runtime watch, so that it starts quickly the next time: an agent that
 * serves a host which is a directory, and is called once in each way. It touches nothing else.
 */
final class Rehearsal {
    private static final String UNIT = "rehearsal.service";
    private static final char[] PASSWORD = "rehearsal".toCharArray();
    private static final List<String> CALLS = List.of(
            "GET /v1/host",
            "GET /v1/units/" + UNIT,
            "GET /v1/units/" + UNIT + "/ledger?after=0",
            "PUT /v1/units/" + UNIT + "/canary",
            "DELETE /v1/units/" + UNIT + "/canary",
            "POST /v1/units/" + UNIT + "/canary/lease");

    private Rehearsal() {}

    /**
     * Runs it, and ends when each call was answered.
     *
     * @param directory which holds {@code keys}, a PKCS #12 store with one key and the password "rehearsal"
     */
    static void in(Path directory) {
        try {
            unpack(directory);
            HostFiles files = new HostFiles(directory);
            write(files.listed(UNIT), "max_lease: 3m\nmax_total: 24h\nstop_grace: 10s\nsoak: 2s\n");
            write(files.baseline(UNIT), "{\"a\":0.5,\"b\":0.5}\n");
            write(files.uptime(), "1000.00 4000.00\n");
            Path config = directory.resolve("agent.yaml");
            write(config, "certificate: crt\nkey: key\nca: crt\nclients:\n  - spiffe://qsc.dev/rehearsal\n");
            ServerSocketChannel door =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            HttpsServer server = Agent.server(AgentConfig.read(config), files, door);
            Thread serving = Thread.startVirtualThread(server::serve);
            Credentials caller =
                    Credentials.read(directory.resolve("crt"), directory.resolve("key"), directory.resolve("crt"));
            for (String call : CALLS) {
                call(call, server.address(), caller);
            }
            server.close();
            serving.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void call(String call, InetSocketAddress agent, Credentials caller) throws IOException {
        try (SSLSocket socket = (SSLSocket) TlsContext.client(caller, "127.0.0.1")
                .getSocketFactory()
                .createSocket(agent.getAddress(), agent.getPort())) {
            String request = call + " HTTP/1.1\r\nHost: rehearsal\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            if (!answer.startsWith("HTTP/1.1 " + (call.startsWith("GET") ? 200 : 400))) {
                throw new IOException(call + " was answered with " + answer);
            }
        }
    }

    private static void unpack(Path directory) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(directory.resolve("keys").toFile(), PASSWORD);
        String name = keys.aliases().nextElement();
        Key key = keys.getKey(name, PASSWORD);
        write(directory.resolve("key"), pem("PRIVATE KEY", key.getEncoded()));
        write(
                directory.resolve("crt"),
                pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
    }

    private static String pem(String kind, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
