package dev.qsc.e2e.cli;

import dev.qsc.agent.api.TestPki;
import dev.qsc.e2e.lab.Cluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Signs Certificates as a cert-manager with a CA issuer does: a Secret with the three files, then the condition Ready.
 */
final class CertManagerStandIn {
    private final Cluster cluster;
    private final TestPki pki;

    CertManagerStandIn(Cluster cluster, Path directory) {
        this.cluster = cluster;
        this.pki = new TestPki(directory, "corporate-ca");
    }

    /** What a call returns that is made while it signs. */
    <T> T signWhile(Supplier<T> call) {
        Thread signer = Thread.startVirtualThread(this::run);
        try {
            return call.get();
        } finally {
            signer.interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                cluster
                        .client()
                        .genericKubernetesResources("cert-manager.io/v1", "Certificate")
                        .inNamespace(Cluster.SYSTEM)
                        .list()
                        .getItems()
                        .stream()
                        .filter(certificate -> certificate.get("status", "conditions", 0, "observedGeneration") == null)
                        .forEach(this::sign);
                Thread.sleep(Duration.ofMillis(100));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sign(GenericKubernetesResource certificate) {
        String name = certificate.getMetadata().getName();
        Object host = certificate.get("spec", "dnsNames", 0);
        pki.issue(name, host == null ? "URI:" + certificate.get("spec", "uris", 0) : "DNS:" + host);
        cluster.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(Cluster.SYSTEM)
                        .withName(certificate.<String>get("spec", "secretName"))
                        .endMetadata()
                        .withType("kubernetes.io/tls")
                        .withStringData(Map.of(
                                "tls.crt", read(pki.certificate(name)),
                                "tls.key", read(pki.key(name)),
                                "ca.crt", read(pki.ca())))
                        .build())
                .create();
        certificate.setAdditionalProperty(
                "status",
                Map.of(
                        "conditions",
                        List.of(Map.of(
                                "type",
                                "Ready",
                                "status",
                                "True",
                                "observedGeneration",
                                certificate.getMetadata().getGeneration()))));
        cluster.client().resource(certificate).updateStatus();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
