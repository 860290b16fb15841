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

/** Reads keys and certificates from PEM files. Messages name the file and the fault, never its content. */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private Pem() {}

    /** The certificates of a file, in its order; at least one. */
    static List<X509Certificate> certificates(Path file) {
        byte[] bytes = read(file);
        try {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new InvalidTlsException(file + " holds no certificate: it must hold X.509 certificates in PEM");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new InvalidTlsException(file + " holds no readable certificates: it must hold X.509 in PEM", e);
        }
    }

    /** The private key of a file: unencrypted PKCS#8, EC or RSA, as the certificate's own key is. */
    static PrivateKey privateKey(Path file, String algorithm) {
        Matcher key = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!key.find()) {
            throw new InvalidTlsException(
                    file
                            + " holds no unencrypted PKCS#8 key ('BEGIN PRIVATE KEY'): convert it with openssl pkcs8 -topk8 -nodes");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(key.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new InvalidTlsException(
                    file + " holds no readable " + algorithm + " key, as its certificate needs", e);
        } catch (GeneralSecurityException e) {
            throw new InvalidTlsException(file + " is for a " + algorithm + " key: use EC or RSA", e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidTlsException(
                    file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }
}
