package dev.qsc.agent.api;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.HexFormat;
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
        List<X509Certificate> chain = Pem.read(certificate).certificates();
        return of(certificate.toString(), chain, Pem.read(key), Pem.read(authorities));
    }

    /**
     * The same from PEM text that is at hand.
     *
     * @throws InvalidTlsException when one holds something else
     */
    public static Credentials of(Pem certificate, Pem key, Pem authorities) {
        return of(certificate.name(), certificate.certificates(), key, authorities);
    }

    private static Credentials of(String certificate, List<X509Certificate> chain, Pem key, Pem authorities) {
        PrivateKey privateKey = key.privateKey(chain.getFirst().getPublicKey().getAlgorithm());
        if (!belongTogether(privateKey, chain.getFirst())) {
            throw new InvalidTlsException(key.name() + " is not the key of the certificate in " + certificate);
        }
        return new Credentials(privateKey, chain, authorities.certificates());
    }

    /** When the certificate ends. */
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** RSA keys come with their modulus, and most EC keys with their public half: a signature costs 100 ms at start. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        return switch (certificate.getPublicKey()) {
            case RSAPublicKey open
            when key instanceof RSAPrivateKey rsa -> rsa.getModulus().equals(open.getModulus());
            case ECPublicKey open when holdsPublicHalf(key, open) -> true;
            default -> canSignFor(key, certificate);
        };
    }

    private static boolean holdsPublicHalf(PrivateKey key, ECPublicKey open) {
        int coordinate = (open.getParams().getCurve().getField().getFieldSize() + 7) / 8;
        HexFormat hex = HexFormat.of();
        String encoded = hex.formatHex(open.getEncoded());
        String point = encoded.substring(encoded.length() - 4 * coordinate);
        return hex.formatHex(key.getEncoded()).contains(point);
    }

    private static boolean canSignFor(PrivateKey key, X509Certificate certificate) {
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
