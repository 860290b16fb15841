package dev.qsc.cli;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.Pem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A certificate with its key and the authority that signed it, in PEM, as a Secret holds them.
 *
 * @param certificate the chain, the certificate first
 * @param key unencrypted PKCS#8
 * @param authority whom the other side must trust
 */
record Issued(Pem certificate, Pem key, Pem authority) {
    private static final String OWNER_LABEL = "app.kubernetes.io/managed-by";
    private static final String OWNER = "qsc";
    private static final String TLS = "kubernetes.io/tls";

    /** What a Secret holds under the names that everybody uses; files that are not there are empty. */
    static Issued in(Secret secret) {
        return new Issued(pem(secret, "tls.crt"), pem(secret, "tls.key"), pem(secret, "ca.crt"));
    }

    private static Pem pem(Secret secret, String file) {
        String text = Optional.ofNullable(secret.getData()).orElse(Map.of()).getOrDefault(file, "");
        String name = "%s of Secret %s/%s"
                .formatted(
                        file,
                        secret.getMetadata().getNamespace(),
                        secret.getMetadata().getName());
        return new Pem(name, new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1));
    }

    /** Whether a Secret is one that {@link #secret} made. */
    static boolean isOurs(Secret secret) {
        return Optional.ofNullable(secret.getMetadata().getLabels())
                .filter(labels -> OWNER.equals(labels.get(OWNER_LABEL)))
                .isPresent();
    }

    /** A Secret that holds it. */
    Secret secret(String namespace, String name) {
        Map<String, String> files =
                Map.of("tls.crt", certificate.text(), "tls.key", key.text(), "ca.crt", authority.text());
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(OWNER_LABEL, OWNER)
                .endMetadata()
                .withType(TLS)
                .withData(files.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                file -> Base64.getEncoder()
                                        .encodeToString(file.getValue().getBytes(StandardCharsets.ISO_8859_1)))))
                .build();
    }

    /**
     * To be used on a connection.
     *
     * @throws NoAnswerException when they do not fit each other, or one is missing
     */
    Credentials credentials() {
        try {
            return Credentials.of(certificate, key, authority);
        } catch (InvalidTlsException e) {
            throw new NoAnswerException(e.getMessage(), e);
        }
    }
}
