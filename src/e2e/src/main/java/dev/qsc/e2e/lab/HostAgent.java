package dev.qsc.e2e.lab;

import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** The agent on a host, installed from its package as an administrator would, behind mutual TLS. */
public final class HostAgent {

    private static final int PORT = 9443;
    private static final String TLS = "/etc/qsc-agent/tls/";

    private final TestHost host;
    private final Pki pki;

    private HostAgent(TestHost host, Pki pki) {
        this.host = host;
        this.pki = pki;
    }

    /** The package that the build made. */
    public static Path deb() {
        return Repository.file("host-agent/target/qsc-agent_0.1.0_amd64.deb");
    }

    /** The same for hosts with rpm. */
    public static Path rpm() {
        return Repository.file("host-agent/target/qsc-agent-0.1.0-1.x86_64.rpm");
    }

    /** Installs and configures it, and returns when it answers the operator. */
    public static HostAgent install(TestHost host, Pki pki) {
        var agent = new HostAgent(host, pki);
        host.installDeb(deb());
        host.exec("cp", "/usr/share/doc/qsc-agent/examples/agent.yaml", "/etc/qsc-agent/agent.yaml")
                .orThrow();
        host.copy(pki.authority(), TLS + "ca.crt");
        agent.present(pki.agent(host));
        agent.awaitAnswer();
        return agent;
    }

    /** Restarts it with a certificate, which may be one that the operator does not trust. */
    public void present(Pki.Identity identity) {
        host.copy(identity.certificate(), TLS + "agent.crt");
        host.copy(identity.key(), TLS + "agent.key");
        host.shell("""
                chgrp -R qsc-agent %s && chmod 0640 %s*
                systemctl restart qsc-agent.service
                """.formatted(TLS, TLS)).orThrow();
    }

    /** Lists a unit, which the agent may touch from then on. */
    public void enroll(String unit, String baseline) {
        host.exec("qsc-enroll", unit, baseline).orThrow();
    }

    /** Lists a stream, which the agent hands on from then on, and restarts it. */
    public void handOn(String source, String url, String stream) {
        host.shell("""
                cat >>/etc/qsc-agent/agent.yaml <<'END'
                telemetry:
                  %s:
                    url: %s
                    stream: %s
                END
                systemctl restart qsc-agent.service
                """.formatted(source, url, stream)).orThrow();
        awaitAnswer();
    }

    /** Where it answers. */
    public URI address() {
        return URI.create("https://" + host.address() + ":" + PORT);
    }

    /** A client of it with the operator's certificate. */
    public AgentClient client() {
        return client(pki.operator());
    }

    /** A client of it with any certificate. */
    public AgentClient client(Pki.Identity identity) {
        return new AgentClient(
                address(), null, Credentials.read(identity.certificate(), identity.key(), pki.authority()));
    }

    /** Returns when it answers the operator; fails after half a minute. */
    public void awaitAnswer() {
        try (var client = client()) {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> client.host() instanceof Answer.Done);
        }
    }
}
