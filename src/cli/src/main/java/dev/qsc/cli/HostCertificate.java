package dev.qsc.cli;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.security.SecureRandom;
import java.util.HexFormat;

/** How the certificate of an EngineHost is called. */
final class HostCertificate {
    private static final SecureRandom RANDOM = new SecureRandom();

    private HostCertificate() {}

    /** The Secret with it, beside the operator, if a cert-manager keeps it. */
    static String secret(Cluster cluster, String host) {
        return "qsc-host." + cluster.namespace() + "." + host;
    }

    /**
     * A name that no certificate ever carried: an EngineHost that asks for it trusts no former key of its host, which
     * is why the address' own name is not in the certificate.
     */
    static String freshServerName(String host) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        return host + "." + HexFormat.of().formatHex(random) + ".host.qsc.dev";
    }

    /** Removes what a cert-manager keeps of it; false when there was nothing. */
    static boolean remove(Cluster cluster, String host) {
        String secret = secret(cluster, host);
        boolean isOrdered =
                CertManager.isInstalled(cluster) && cluster.delete(CertManager.certificate(cluster, secret));
        HasMetadata kept = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(cluster.operatorNamespace())
                .withName(secret)
                .endMetadata()
                .build();
        return cluster.delete(kept) || isOrdered;
    }
}
