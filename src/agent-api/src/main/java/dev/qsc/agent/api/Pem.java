package dev.qsc.agent.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys and certificates in PEM. Messages name the file and the fault, never its content.
 *
 * @param name what messages call it: a file, or a key of a Secret
 * @param text of ASCII, with anything between keys and certificates
 */
public record Pem(String name, String text) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * A file.
     *
     * @throws InvalidTlsException when it cannot be read
     */
    public static Pem read(Path file) {
        try {
            return new Pem(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new InvalidTlsException(
                    file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * The certificates in their order; at least one.
     *
     * @throws InvalidTlsException when there is none, or one cannot be read
     */
    public List<X509Certificate> certificates() {
        try {
            List<X509Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (certificates.isEmpty()) {
                throw new InvalidTlsException(name + " holds no certificate: it must hold X.509 certificates in PEM");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new InvalidTlsException(name + " holds no readable certificates: it must hold X.509 in PEM", e);
        }
    }

    /**
     * The private key: unencrypted PKCS#8.
     *
     * @param algorithm EC or RSA, as the certificate's own key is
     * @throws InvalidTlsException when it is none
     */
    public PrivateKey privateKey(String algorithm) {
        Matcher key = KEY.matcher(text);
        if (!key.find()) {
            throw new InvalidTlsException(
                    name
                            + " holds no unencrypted PKCS#8 key ('BEGIN PRIVATE KEY'): convert it with openssl pkcs8 -topk8 -nodes");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(key.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new InvalidTlsException(
                    name + " holds no readable " + algorithm + " key, as its certificate needs", e);
        } catch (GeneralSecurityException e) {
            throw new InvalidTlsException(name + " is for a " + algorithm + " key: use EC or RSA", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
