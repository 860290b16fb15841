package dev.qsc.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A client of an agent")
class AgentClientTest {
    /** While connecting: the machine may be busy with other tests. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private static final RolloutRef ROLLOUT = new RolloutRef("trading", "patchtst", "6d1b0a4e-uid");
    private static final RollbackRequest ROLLBACK =
            new RollbackRequest(ROLLOUT, new Operation("op-2", 2), "manual", List.of("a \"quoted\" reason"));
    private static final LeaseRenewal RENEWAL = new LeaseRenewal(ROLLOUT, "op-1", new Epoch(1, "leader"), 5_000);

    @TempDir
    static Path directory;

    private static TestPki pki;
    private static TestPki stranger;
    private static Credentials operator;
    private static Credentials agent;

    private HttpsServer server;
    private final AtomicReference<String> seen = new AtomicReference<>();
    private final AtomicInteger calls = new AtomicInteger();

    @BeforeAll
    static void certificates() {
        pki = new TestPki(directory, "ca");
        stranger = new TestPki(directory, "stranger-ca");
        operator = pki.issue("operator", "URI:spiffe://qsc.dev/operator");
        agent = pki.issue("agent", "DNS:engine-1.example,IP:127.0.0.1");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("sends a rollback as DELETE with its violations, and reads the live state")
    void delete() throws IOException {
        serve(202, "{\"unit\":\"e@1.service\",\"state\":\"RollingBack\",\"message\":\"\",\"later\":1}");
        try (AgentClient client = client(operator, null)) {
            assertThat(client.rollBack("e@1.service", ROLLBACK))
                    .isInstanceOfSatisfying(
                            Answer.Done.class,
                            done -> assertThat(((UnitState) done.value()).state())
                                    .isEqualTo(CanaryState.RollingBack));
        }
        assertThat(seen.get())
                .startsWith("DELETE /v1/units/e%401.service/canary {")
                .contains("\"trigger\":\"manual\"", "\"violations\":[\"a \\\"quoted\\\" reason\"]", "\"sequence\":2");
    }

    @Test
    @DisplayName("reads the host's clocks from a renewal")
    void renewal() throws IOException {
        serve(200, "{\"boot\":1234,\"wall\":\"2026-01-10T00:00:00Z\"}");
        try (AgentClient client = client(operator, null)) {
            assertThat(client.renew("e.service", RENEWAL))
                    .isEqualTo(new Answer.Done<>(new HostClock(1234, Instant.parse("2026-01-10T00:00:00Z"))));
        }
    }

    @Test
    @DisplayName("hands on a refusal with its problem")
    void refused() throws IOException {
        Problem problem = Problem.Kind.FENCED.detail("epoch 3 of b leads");
        serve(409, AgentJson.strict().writeValueAsString(problem));
        try (AgentClient client = client(operator, null)) {
            assertThat(client.renew("e.service", RENEWAL)).isEqualTo(new Answer.Refused<>(problem));
        }
    }

    @Test
    @DisplayName("does not know what a foreign answer to a command means, and takes one to a read as no answer")
    void foreign() throws IOException {
        serve(200, "<html>");
        try (AgentClient client = client(operator, null)) {
            assertThat(client.renew("e.service", RENEWAL))
                    .isEqualTo(
                            new Answer.Ambiguous<>(
                                    address()
                                            + " answered 200, but not in the words of agent API v1: is a QSC agent of this version at that address?"));
            assertThat(client.host()).isInstanceOf(Answer.Unreachable.class);
        }
    }

    @Test
    @DisplayName("reaches a server by another address when its certificate holds the server name")
    void serverName() throws IOException {
        serve(200, "{\"hostname\":\"h\"}");
        try (AgentClient client = client(operator, "ENGINE-1.example")) {
            assertThat(client.host()).isInstanceOf(Answer.Done.class);
        }
    }

    @Test
    @DisplayName("does not trust a server whose certificate is for another name")
    void otherName() throws IOException {
        serve(200, "{\"hostname\":\"h\"}");
        try (AgentClient client = client(operator, "engine-2.example")) {
            assertThat(client.host())
                    .isEqualTo(
                            new Answer.NotTrusted<>(
                                    "the agent at " + address()
                                            + " is not trusted: its certificate is not for engine-2.example; check the authority, and the EngineHost's address and serverName"));
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    @DisplayName("does not trust a server that a stranger's authority signed")
    void strangersServer() throws IOException {
        agent = stranger.issue("impostor", "IP:127.0.0.1", pki.ca());
        try {
            serve(200, "{\"hostname\":\"h\"}");
            try (AgentClient client = client(operator, null)) {
                assertThat(client.host())
                        .isInstanceOfSatisfying(
                                Answer.NotTrusted.class,
                                answer -> assertThat(answer.reason())
                                        .contains(
                                                "is not trusted: none of the authorities in this client's ca signed its certificate"));
            }
            assertThat(calls).hasValue(0);
        } finally {
            agent = pki.issue("agent", "DNS:engine-1.example,IP:127.0.0.1");
        }
    }

    @Test
    @DisplayName("with a stranger's certificate is told what may be, and its command was not carried out")
    void strangersClient() throws IOException {
        serve(200, "{\"boot\":1,\"wall\":\"2026-01-10T00:00:00Z\"}");
        Credentials foreign = stranger.issue("foreign", "URI:spiffe://qsc.dev/operator", pki.ca());
        try (AgentClient client = client(foreign, null)) {
            assertThat(client.host().toString()).contains("this client's certificate");
            assertThat(client.renew("e.service", RENEWAL).toString()).contains("this client's certificate");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    @DisplayName("says that nothing listens")
    void refusedConnection() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (AgentClient client = new AgentClient(URI.create("https://127.0.0.1:" + free), null, operator)) {
            assertThat(client.renew("e.service", RENEWAL))
                    .isEqualTo(new Answer.Unreachable<>("nothing accepts connections at https://127.0.0.1:" + free
                            + ": is qsc-agent.socket active there?"));
        }
    }

    @Test
    @DisplayName("says that a name cannot be resolved")
    void unresolved() {
        try (AgentClient client = new AgentClient(URI.create("https://no-such-host.invalid:1"), null, operator)) {
            assertThat(client.host())
                    .isInstanceOfSatisfying(
                            Answer.Unreachable.class,
                            answer -> assertThat(answer.reason()).contains("cannot be resolved"));
        }
    }

    @Test
    @DisplayName("calls a connection that breaks after the command was sent ambiguous")
    void broken() throws IOException {
        serve(0, "");
        try (AgentClient client = client(operator, null)) {
            assertThat(client.renew("e.service", RENEWAL)).isInstanceOf(Answer.Ambiguous.class);
        }
        assertThat(calls).as("the command was sent once").hasValue(1);
    }

    @Test
    @DisplayName("waits ten seconds for an agent that takes the connection and says nothing")
    void silent() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                AgentClient client =
                        new AgentClient(URI.create("https://127.0.0.1:" + socket.getLocalPort()), null, operator)) {
            long start = System.nanoTime();
            assertThat(client.host()).isInstanceOf(Answer.Unreachable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        }
    }

    @Test
    @DisplayName("takes no address but https://host:port")
    void addresses() {
        for (String address : List.of("http://h:1", "https://h:1/path", "https://user@h:1", "https:h", "https://h?x")) {
            assertThatThrownBy(() -> new AgentClient(URI.create(address), null, operator).close())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("the address " + address + " must be https://host:port, and no more");
        }
    }

    @Test
    @DisplayName("says which file of its credentials is wrong, and how")
    void credentials() throws IOException {
        Path none = directory.resolve("none.crt");
        assertThatThrownBy(() -> Credentials.read(none, pki.key("operator"), pki.ca()))
                .hasMessage(none + " cannot be read: NoSuchFileException");
        Path empty = Files.writeString(directory.resolve("empty.crt"), "");
        assertThatThrownBy(() -> Credentials.read(empty, pki.key("operator"), pki.ca()))
                .hasMessage(empty + " holds no certificate: it must hold X.509 certificates in PEM");
        assertThatThrownBy(() -> Credentials.read(pki.certificate("operator"), pki.ca(), pki.ca()))
                .hasMessageStartingWith(pki.ca() + " holds no unencrypted PKCS#8 key");
        assertThatThrownBy(() -> Credentials.read(pki.certificate("operator"), pki.key("agent"), pki.ca()))
                .hasMessage(pki.key("agent") + " is not the key of the certificate in " + pki.certificate("operator"));
    }

    private AgentClient client(Credentials own, String serverName) {
        return new AgentClient(URI.create(address()), serverName, own, PATIENCE);
    }

    private String address() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** An agent that answers all calls so; status 0 breaks the connection instead. */
    private void serve(int status, String body) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TlsContext.server(agent)) {
            @Override
            public void configure(HttpsParameters parameters) {
                parameters.setSSLParameters(TlsContext.parameters(getSSLContext()));
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            seen.set(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath() + " "
                            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (status == 0) {
                exchange.close();
                return;
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }
}
