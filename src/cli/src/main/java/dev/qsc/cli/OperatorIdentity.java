package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.Pem;
import dev.qsc.api.EngineHostSpec;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The certificate by which agents know the operator: the Secret that its deployment mounts. */
final class OperatorIdentity {
    /** The Secret's name. */
    static final String SECRET = "qsc-operator-tls";

    private OperatorIdentity() {}

    /**
     * Key, certificate and trusted authorities; empty when there is no such Secret.
     *
     * @throws NoAnswerException when it may not be read, or cannot be used
     */
    static Optional<Credentials> in(Cluster cluster) {
        return cluster.findSecret(SECRET).map(OperatorIdentity::credentials);
    }

    /** A client of a host's agent, known to it as the operator. */
    static AgentClient agent(Cluster cluster, EngineHostSpec host) {
        Credentials own = in(cluster)
                .orElseThrow(
                        () -> new NoAnswerException("There is no Secret %s in namespace %s, with which the operator"
                                        .formatted(SECRET, cluster.operatorNamespace())
                                + " calls agents: qsc host enroll makes it"));
        try {
            return new AgentClient(URI.create(host.address()), host.serverName(), own);
        } catch (IllegalArgumentException e) {
            throw new NoAnswerException("The EngineHost cannot be called: " + e.getMessage(), e);
        }
    }

    /** What an agent answered with. */
    static <T> T answered(Answer<T> answer) {
        return switch (answer) {
            case Answer.Done<T>(T value) -> value;
            case Answer.Refused<T>(var problem) ->
                throw new NoAnswerException("The agent refuses: " + problem.detail());
            case Answer.NotTrusted<T>(String reason) -> throw new NoAnswerException("No connection: " + reason);
            case Answer.Unreachable<T>(String reason) -> throw new NoAnswerException("No answer: " + reason);
            case Answer.Ambiguous<T>(String reason) -> throw new NoAnswerException("No answer: " + reason);
        };
    }

    private static Credentials credentials(Secret secret) {
        try {
            return Credentials.of(pem(secret, "tls.crt"), pem(secret, "tls.key"), pem(secret, "ca.crt"));
        } catch (InvalidTlsException e) {
            throw new NoAnswerException(e.getMessage(), e);
        }
    }

    /** A file of a Secret; an empty one if it is not there. */
    static Pem pem(Secret secret, String file) {
        String text = Optional.ofNullable(secret.getData()).orElse(Map.of()).getOrDefault(file, "");
        String name = "%s of Secret %s/%s"
                .formatted(
                        file,
                        secret.getMetadata().getNamespace(),
                        secret.getMetadata().getName());
        return new Pem(name, new String(Base64.getDecoder().decode(text), ISO_8859_1));
    }
}
