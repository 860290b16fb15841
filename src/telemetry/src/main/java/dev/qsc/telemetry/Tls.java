package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Trust in a Redis server: its certificate must be signed by a trusted authority and name the host. */
final class Tls {
    private Tls() {}

    static SSLSocketFactory sockets(Optional<String> ca) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, ca.isEmpty() ? null : trustIn(ca.get()), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new TelemetryException(
                    TelemetryException.Kind.TLS, "The CA for Redis holds no readable PEM certificate", e);
        }
    }

    static SSLParameters checkingTheHostName() {
        SSLParameters parameters = new SSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }

    private static TrustManager[] trustIn(String pem) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(UTF_8)));
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no certificate");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }
}
