package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.TestPki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Without a restart, the agent")
class IdentityTest {
    @TempDir
    Path directory;

    private TestPki pki;
    private Credentials operator;
    private Credentials first;
    private Credentials second;
    private TestAgent agent;
    private Path certificate;
    private Path key;
    private Path authority;

    @BeforeEach
    void start() throws IOException {
        pki = new TestPki(directory, "ca");
        operator = pki.issue("operator", "DNS:operator.example");
        first = pki.issue("first", "IP:127.0.0.1");
        second = pki.issue("second", "IP:127.0.0.1");
        certificate = directory.resolve("agent.crt");
        key = directory.resolve("agent.key");
        authority = directory.resolve("clients.crt");
        copy(pki.certificate("first"), certificate);
        copy(pki.key("first"), key);
        copy(pki.ca(), authority);
        Identity identity = new Identity(certificate, key, authority);
        PretendRoot root = new PretendRoot(directory);
        Host host = new Host(
                root.files(), new BootClock(root.files().uptime(), InstantSource.system()), root, identity::notAfter);
        agent = TestAgent.start(identity::context, new Api(host, new Relay(Map.of()), Set.of("operator.example")));
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    @DisplayName("shows a renewed certificate, and says until when it is good")
    void rotation() throws IOException {
        try (AgentClient client = client(operator)) {
            HostFacts before = done(client.host());
            assertThat(before.certificateNotAfter()).isEqualTo(first.notAfter());
            copy(pki.certificate("second"), certificate);
            assertThat(done(client.host()).certificateNotAfter())
                    .as("in the middle of a rotation")
                    .isEqualTo(before.certificateNotAfter());
            copy(pki.key("second"), key);
            assertThat(done(client.host()).certificateNotAfter()).isEqualTo(second.notAfter());
            assertThat(done(client.host())).as("on a new connection").isNotNull();
        }
    }

    @Test
    @DisplayName("stops trusting an authority that was taken away, also on a connection that is open")
    void authority() throws IOException {
        TestPki other = new TestPki(directory, "other-ca");
        Credentials successor = other.issue("successor", "DNS:operator.example", pki.ca());
        try (AgentClient client = client(operator);
                AgentClient next = client(successor)) {
            done(client.host());
            copy(other.ca(), authority);
            client.host();
            assertThat(client.host()).isInstanceOf(Answer.NotTrusted.class);
            done(next.host());
        }
    }

    @Test
    @DisplayName("stays who it was when a file is broken or gone; started so, it says what is wrong")
    void broken() throws IOException {
        try (AgentClient client = client(operator)) {
            Files.writeString(certificate, "no certificate");
            done(client.host());
            Files.delete(key);
            done(client.host());
        }
        assertThatThrownBy(() -> new Identity(certificate, key, authority))
                .isInstanceOf(InvalidTlsException.class)
                .hasMessageContaining(certificate + " holds no");
    }

    private AgentClient client(Credentials who) {
        return new AgentClient(agent.uri(), null, who);
    }

    private static void copy(Path from, Path to) throws IOException {
        Path fresh = to.resolveSibling(to.getFileName() + ".new");
        Files.copy(from, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static <T> T done(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done<T>) answer).value();
    }
}
