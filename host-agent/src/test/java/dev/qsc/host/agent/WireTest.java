package dev.qsc.host.agent;

import static dev.qsc.host.agent.PretendRoot.UNIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.TestPki;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private TestAgent server;

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
        server = TestAgent.start(own, root, InstantSource.system(), "operator.example", Map.of());
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
    @DisplayName("tells every client without a certificate of its authority why it is not let in")
    void strangers() throws IOException {
        for (int i = 0; i < 10; i++) {
            try (SSLSocket socket = connect(stranger)) {
                assertThatThrownBy(() -> {
                            send(socket, "GET", "/v1/host", "");
                            socket.getInputStream().read();
                        })
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("Received fatal alert");
            }
        }
    }

    @Test
    @DisplayName("understands HTTP/1.1 and nothing that only resembles it")
    void noHttp() throws IOException {
        String host = "Host: h\r\n";
        for (String wrong : List.of(
                "GET /v1/host HTTP/2\r\n" + host + "\r\n",
                "get /v1/host HTTP/1.1\r\n" + host + "\r\n",
                "GET http://h/v1/host HTTP/1.1\r\n" + host + "\r\n",
                "GET /v1/host HTTP/1.1\r\n\r\n",
                "GET /v1/host HTTP/1.1\r\n" + host + host + "\r\n",
                "GET /v1/host HTTP/1.1\n" + host + "\r\n\r\n",
                "GET /v1/host HTTP/1.1\r\n" + host + " folded: x\r\n\r\n",
                "GET /v1/host HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                "GET /v1/host HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
                "GET /v1/host?a HTTP/1.1\r\n" + host + "\r\n",
                "PUT /v1/units/" + UNIT + "/canary HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\n\u00ff",
                "\r\n\r\n")) {
            assertThat(exchange(wrong)).as(wrong).startsWith("HTTP/1.1 400").contains("invalid-request");
        }
        assertThat(exchange("GET /v1/%zz HTTP/1.1\r\nConnection: close\r\n" + host + "\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(exchange("PUT /v1/units/" + UNIT + "/canary HTTP/1.1\r\n" + host
                        + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 411");
    }

    @Test
    @DisplayName("refuses what is too large as soon as that is said, and reads 16 KiB of a head")
    void tooLarge() throws IOException {
        assertThat(exchange(
                        "PUT /v1/units/" + UNIT + "/canary HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("a body may have 65536 bytes at most");
        assertThat(exchange("GET /v1/host HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(100_000)))
                .startsWith("HTTP/1.1 413")
                .contains("a request's head may have 16384 bytes at most");
    }

    @Test
    @DisplayName("answers calls that were sent at once one after the other, in their order")
    void pipelined() throws IOException {
        String first = "GET /v1/units/" + UNIT + " HTTP/1.1\r\nHost: h\r\n\r\n";
        String last = "GET /v1/host HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        String answers = exchange(first + first + last);
        assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(4);
        assertThat(answers.indexOf("\"hostname\"")).isGreaterThan(answers.lastIndexOf("\"engine\""));
    }

    @Test
    @DisplayName("tells a client to go on that waits to be told so, and gives one that wants the head alone no more")
    void curl() throws IOException {
        assertThat(exchange("PUT /v1/units/" + UNIT
                        + "/canary HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nConnection: close\r\n"
                        + "Content-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400");
        assertThat(exchange("HEAD /v1/host HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .endsWith("\r\n\r\n");
    }

    @Test
    @DisplayName("is not locked by a crowd that shows no certificate")
    void crowd() throws IOException {
        List<Socket> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }
            assertThat(call("GET", "/v1/host", "")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    @Test
    @Timeout(30)
    @DisplayName("hangs up on clients that take too long, however they do it, and serves others meanwhile")
    void slowClients() throws IOException {
        try (Socket mute = new Socket(InetAddress.getLoopbackAddress(), server.port());
                SSLSocket halfHead = connect(operator);
                SSLSocket halfBody = connect(operator);
                SSLSocket dripping = connect(operator)) {
            say(halfHead, "GET /v1/host HTTP/1.1\r\nHo");
            say(halfBody, "PUT /v1/host HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
            say(dripping, "GET /v1/host HTTP/1.1\r\nHost: h\r\n");
            Thread.startVirtualThread(() -> drip(dripping));
            assertThat(call("GET", "/v1/host", "")).startsWith("HTTP/1.1 200");
            assertThat(List.of(mute, halfHead, halfBody, dripping)).allMatch(WireTest::ended);
        }
    }

    @Test
    @DisplayName("closes its door when nobody called for a while and no canary is here, and not before")
    void idle() throws IOException {
        AtomicBoolean canary = new AtomicBoolean(true);
        server.server().closeWhenIdle(Duration.ofMillis(300), () -> !canary.get());
        try (SSLSocket client = connect(operator)) {
            say(client, "GET /v1/host HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.getInputStream().read()).isEqualTo('H');
            await().during(Duration.ofSeconds(1)).until(this::isOpen);
            canary.set(false);
            await().until(() -> !isOpen());
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("}");
        }
    }

    private boolean isOpen() {
        return server.server().isOpen();
    }

    private static void drip(SSLSocket socket) {
        try {
            while (true) {
                say(socket, "x");
                Thread.sleep(Duration.ofMillis(500));
            }
        } catch (IOException e) {
            // As it should be.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException e) {
            return true;
        }
    }

    private String exchange(String request) throws IOException {
        try (SSLSocket socket = connect(operator)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void say(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
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
        return (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
    }
}
