package dev.qsc.agent.api;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Who this side is, and whom it trusts.
 *
 * @param key the private key
 * @param chain its certificate first, then those that sign it
 * @param authorities whose signatures are trusted on the other side
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {
    public Credentials {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    /**
     * Credentials from PEM files: the chain, its PKCS#8 key, the authorities.
     *
     * @throws InvalidTlsException when a file cannot be read or holds something else
     */
    public static Credentials read(Path certificate, Path key, Path authorities) {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey privateKey =
                Pem.privateKey(key, chain.getFirst().getPublicKey().getAlgorithm());
        if (!belongTogether(privateKey, chain.getFirst())) {
            throw new InvalidTlsException(key + " is not the key of the certificate in " + certificate);
        }
        return new Credentials(privateKey, chain, Pem.certificates(authorities));
    }

    /** When the certificate ends. */
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        try {
            Signature signature = Signature.getInstance(
                    key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + key.getAlgorithm());
            signature.initSign(key);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "Credentials[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
