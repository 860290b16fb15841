package dev.qsc.cli;

import dev.qsc.agent.api.SubjectNames;
import dev.qsc.cli.CertificateOrder.Use;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cert-manager in the cluster: each order becomes a {@code Certificate} beside the operator, which cert-manager keeps
 * in the Secret of that name, and renews there.
 */
final class CertManager implements Issuer {
    private static final String API_VERSION = "cert-manager.io/v1";
    private static final String KIND = "Certificate";
    private static final Duration POLL = Duration.ofMillis(250);

    private final Cluster cluster;
    private final String kind;
    private final String name;
    private final Duration patience;

    /**
     * The issuer that signs.
     *
     * @param kind {@code Issuer}, of the operator's namespace, or {@code ClusterIssuer}
     * @param patience how long it may take to sign
     */
    CertManager(Cluster cluster, String kind, String name, Duration patience) {
        this.cluster = cluster;
        this.kind = kind;
        this.name = name;
        this.patience = patience;
    }

    /** The Certificate behind a Secret. */
    static GenericKubernetesResource certificate(Cluster cluster, String secret) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(API_VERSION)
                .withKind(KIND)
                .withNewMetadata()
                .withNamespace(cluster.operatorNamespace())
                .withName(secret)
                .endMetadata()
                .build();
    }

    /** Whether the cluster knows what a Certificate is. */
    static boolean isInstalled(Cluster cluster) {
        return cluster.serves(API_VERSION, KIND);
    }

    @Override
    public Issued issue(CertificateOrder order) {
        if (!isInstalled(cluster)) {
            throw new NoAnswerException(
                    "cert-manager is not installed in this cluster, which has no kind Certificate: install"
                            + " it, or leave out --issuer and --cluster-issuer for an authority of our own");
        }
        GenericKubernetesResource certificate = certificate(cluster, order.secret());
        certificate.setAdditionalProperty("spec", spec(order));
        long generation = cluster.apply(certificate).getMetadata().getGeneration();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<GenericKubernetesResource> now = cluster.find(certificate);
            if (now.filter(there -> isReady(there, generation)).isPresent()) {
                Optional<Issued> issued =
                        cluster.findSecret(order.secret()).map(Issued::in).filter(held -> isFor(held, order.name()));
                if (issued.isPresent()) {
                    return checked(issued.get());
                }
            }
            if (System.nanoTime() > deadline) {
                throw new NoAnswerException("cert-manager did not sign Certificate %s/%s within %d s: %s"
                        .formatted(
                                cluster.operatorNamespace(),
                                order.secret(),
                                patience.toSeconds(),
                                now.flatMap(CertManager::message)
                                        .orElse("it says nothing; is %s %s there, and does cert-manager run?"
                                                .formatted(kind, name))));
            }
            sleep();
        }
    }

    private Map<String, Object> spec(CertificateOrder order) {
        boolean isServer = order.use() == Use.SERVER;
        return Map.of(
                "secretName",
                order.secret(),
                "duration",
                order.validity().toHours() + "h",
                "privateKey",
                Map.of("algorithm", "ECDSA", "size", 256, "encoding", "PKCS8", "rotationPolicy", "Always"),
                "usages",
                List.of("digital signature", isServer ? "server auth" : "client auth"),
                isServer ? "dnsNames" : "uris",
                List.of(order.name()),
                "issuerRef",
                Map.of("group", "cert-manager.io", "kind", kind, "name", name));
    }

    private static boolean isReady(GenericKubernetesResource certificate, long generation) {
        return condition(certificate)
                .filter(ready -> "True".equals(ready.get("status")))
                .filter(ready ->
                        ready.get("observedGeneration") instanceof Number seen && seen.longValue() >= generation)
                .isPresent();
    }

    private static Optional<String> message(GenericKubernetesResource certificate) {
        return condition(certificate).map(ready -> String.valueOf(ready.get("message")));
    }

    private static Optional<Map<?, ?>> condition(GenericKubernetesResource certificate) {
        return certificate.get("status", "conditions") instanceof List<?> conditions
                ? conditions.stream()
                        .filter(Map.class::isInstance)
                        .<Map<?, ?>>map(Map.class::cast)
                        .filter(condition -> "Ready".equals(condition.get("type")))
                        .findFirst()
                : Optional.empty();
    }

    private static boolean isFor(Issued issued, String name) {
        return !issued.certificate().text().isBlank()
                && SubjectNames.ofClient(issued.certificate().certificates().getFirst())
                        .contains(name);
    }

    private static Issued checked(Issued issued) {
        if (issued.authority().text().isBlank()) {
            throw new NoAnswerException(issued.authority().name()
                    + " is empty: agents and operator trust an authority of their own, so take an issuer that has one,"
                    + " such as a CA issuer");
        }
        return issued;
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException("Interrupted", e);
        }
    }
}
