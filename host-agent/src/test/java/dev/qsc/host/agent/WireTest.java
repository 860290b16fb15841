package dev.qsc.host.agent;

import static dev.qsc.host.agent.PretendRoot.UNIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.TestPki;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("On the wire, the agent")
class WireTest {
    @TempDir
    static Path certificates;

    @TempDir
    Path directory;

    private static Credentials operator;
    private static Credentials stranger;
    private static Credentials own;

    private PretendRoot root;
    private ApiServer server;

    @BeforeAll
    static void pki() {
        TestPki pki = new TestPki(certificates, "ca");
        operator = pki.issue("operator", "DNS:Operator.example");
        own = pki.issue("agent", "IP:127.0.0.1");
        stranger = new TestPki(certificates, "stranger-ca").issue("stranger", "DNS:operator.example", pki.ca());
    }

    @BeforeEach
    void start() throws IOException {
        root = new PretendRoot(directory);
        BootClock clock = new BootClock(root.files().uptime(), InstantSource.system());
        server = new ApiServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsContext.server(own),
                Set.of("operator.example"),
                new Host(root.files(), clock, root, own.notAfter()));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("answers a path it does not know, or a method the path does not take, with a problem")
    void routes() throws IOException {
        assertThat(call("GET", "/v1/nothing", "")).startsWith("HTTP/1.1 404").contains("urn:qsc:problem:not-found");
        assertThat(call("GET", "/", "")).startsWith("HTTP/1.1 404");
        assertThat(call("GET", "/v1/units/" + UNIT + "/canary", ""))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: PUT, DELETE", "application/problem+json", "this path takes PUT, DELETE");
    }

    @Test
    @DisplayName("says what is wrong with a body, and starts nothing")
    void bodies() throws IOException {
        String rollback = "{\"rollout\":{\"namespace\":\"a\",\"name\":\"b\",\"uid\":\"c\"},"
                + "\"operation\":{\"id\":\"o\",\"sequence\":1},\"trigger\":\"manual\",\"force\":true}";
        assertThat(call("DELETE", "/v1/units/" + UNIT + "/canary", rollback))
                .startsWith("HTTP/1.1 400")
                .contains("force is not a field of this request");
        assertThat(put("{\"rollout\":{\"namespace\":\"a\",\"name\":\"b\",\"uid\":\"../c\"}}"))
                .contains("rollout.uid must match [0-9a-zA-Z-]{1,64}");
        assertThat(put("{\"step\":\"first\"}")).contains("step has a value of the wrong kind");
        assertThat(put("{\"weights\":{\"a\\nb\":1}}")).contains("weights names a model that no host takes");
        assertThat(put("{\"weights\":{\"a\":0.5}}")).contains("weights must sum to exactly 1, not 0.500000");
        assertThat(put("{")).contains("the body is not JSON: line 1, column");
        assertThat(put("null")).contains("the body must be a JSON object, not null");
        assertThat(put("[]")).contains("the body must be a JSON object");
        assertThat(put("{} {}")).startsWith("HTTP/1.1 400");
        assertThat(put("")).startsWith("HTTP/1.1 400");
        assertThat(root.started()).isEmpty();
    }

    @Test
    @DisplayName("reads 64 KiB of a body and no more")
    void largeBodies() throws IOException {
        assertThat(put(" ".repeat(64 * 1024 + 1)))
                .startsWith("HTTP/1.1 413")
                .contains("urn:qsc:problem:too-large", "a body may have 65536 bytes at most");
    }

    @Test
    @DisplayName("speaks no TLS below 1.3")
    void oldTls() {
        assertThatThrownBy(() -> {
                    try (SSLSocket socket = connect(operator)) {
                        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                        socket.startHandshake();
                    }
                })
                .isInstanceOf(SSLException.class);
    }

    @Test
    @DisplayName("answers no client without a certificate of its authority")
    void strangers() throws IOException {
        try (SSLSocket socket = connect(stranger)) {
            assertThatThrownBy(() -> {
                        send(socket, "GET", "/v1/host", "");
                        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                        if (answer.isEmpty()) {
                            throw new IOException("hung up");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("hangs up on a client that takes too long to say what it wants, and serves others meanwhile")
    void slowClients() throws IOException {
        try (SSLSocket slow = connect(operator)) {
            slow.getOutputStream().write("GET /v1/host HTTP/1.1\r\nHo".getBytes(StandardCharsets.UTF_8));
            assertThat(call("GET", "/v1/host", "")).startsWith("HTTP/1.1 200");
            assertThat(ended(slow)).isTrue();
        }
    }

    private static boolean ended(SSLSocket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException e) {
            return true;
        }
    }

    private String put(String body) throws IOException {
        return call("PUT", "/v1/units/" + UNIT + "/canary", body);
    }

    private String call(String method, String path, String body) throws IOException {
        try (SSLSocket socket = connect(operator)) {
            send(socket, method, path, body);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(SSLSocket socket, String method, String path, String body) throws IOException {
        String request = "%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(method, path, body.length(), body);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private SSLSocket connect(Credentials who) throws IOException {
        SSLContext tls = TlsContext.client(who, "127.0.0.1");
        return (SSLSocket) tls.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.address().getPort());
    }
}
