package dev.qsc.cli;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.SubjectNames;
import dev.qsc.api.EngineHostSpec;
import dev.qsc.cli.CertificateOrder.Use;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The certificate by which agents know the operator, and the authorities that it trusts: the Secret that its deployment
 * mounts.
 */
record OperatorIdentity(Credentials credentials) {
    /** The Secret's name. */
    static final String SECRET = "qsc-operator-tls";

    /** With less left than this a certificate is worth a warning, and a new one. */
    static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private static final String NAME = "spiffe://qsc.dev/operator";

    /** The operator's identity; empty when there is none yet. */
    static Optional<OperatorIdentity> in(Cluster cluster) {
        return cluster.findSecret(SECRET)
                .map(secret -> new OperatorIdentity(Issued.in(secret).credentials()));
    }

    /** The same, where it has to be there. */
    static OperatorIdentity of(Cluster cluster) {
        return in(cluster)
                .orElseThrow(
                        () -> new NoAnswerException(("There is no Secret %s in namespace %s, with which the operator"
                                        + " calls agents: qsc host enroll makes it")
                                .formatted(SECRET, cluster.operatorNamespace())));
    }

    /**
     * The operator's identity, which is made if there is none, and made anew if {@code qsc} made it and it ends soon.
     *
     * @param tell hears what was made
     */
    static OperatorIdentity ensure(
            Cluster cluster, Issuer issuer, Duration validity, Instant now, Consumer<String> tell) {
        Optional<Secret> before = cluster.findSecret(SECRET);
        if (before.filter(secret -> !endsSoon(secret, now)).isPresent()) {
            return new OperatorIdentity(Issued.in(before.get()).credentials());
        }
        Secret made = issuer.issue(new CertificateOrder(SECRET, Use.CLIENT, NAME, validity))
                .secret(cluster.operatorNamespace(), SECRET);
        Secret kept = before.isPresent() ? cluster.apply(made) : cluster.createOrFind(made);
        tell.accept(
                ("Secret %s/%s is new: by its certificate hosts know the operator, whose pods see it within a minute"
                                + " or two")
                        .formatted(cluster.operatorNamespace(), SECRET));
        return new OperatorIdentity(Issued.in(kept).credentials());
    }

    private static boolean endsSoon(Secret secret, Instant now) {
        return Issued.isOurs(secret)
                && Issued.in(secret).credentials().notAfter().isBefore(now.plus(RENEW_BEFORE));
    }

    /** The names that an agent lets in for it. */
    Set<String> names() {
        return SubjectNames.ofClient(credentials.chain().getFirst());
    }

    /** A client of a host's agent, known to it as the operator. */
    AgentClient agent(EngineHostSpec host) {
        try {
            return new AgentClient(URI.create(host.address()), host.serverName(), credentials);
        } catch (IllegalArgumentException e) {
            throw new NoAnswerException("The EngineHost cannot be called: " + e.getMessage(), e);
        }
    }

    /**
     * Looks whether operator and agent would trust each other.
     *
     * @throws NoAnswerException when one would not
     */
    void checkTrust(Issued agent) {
        if (!isSigned(agent.credentials().chain(), credentials.authorities())) {
            throw new NoAnswerException(
                    "The operator would not trust this host: add the authority that signs hosts to ca.crt of Secret "
                            + SECRET + ", or delete that Secret, so that it is made anew");
        }
        if (!isSigned(credentials.chain(), agent.credentials().authorities())) {
            throw new NoAnswerException(
                    "The host would not let the operator in, whose certificate another authority signed: take that one"
                            + " as issuer, or delete Secret " + SECRET + ", so that it is made anew");
        }
    }

    private static boolean isSigned(List<X509Certificate> chain, List<X509Certificate> authorities) {
        try {
            PKIXParameters trust = new PKIXParameters(authorities.stream()
                    .map(authority -> new TrustAnchor(authority, null))
                    .collect(Collectors.toSet()));
            trust.setRevocationEnabled(false);
            List<X509Certificate> below = chain.stream()
                    .filter(certificate -> !authorities.contains(certificate))
                    .toList();
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(below), trust);
            return true;
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("credentials hold an authority", e);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
