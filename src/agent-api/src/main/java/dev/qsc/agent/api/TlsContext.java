package dev.qsc.agent.api;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Mutual TLS 1.3 between operator and agent. */
public final class TlsContext {
    private static final char[] NO_PASSWORD = new char[0];

    private TlsContext() {}

    /**
     * For an agent.
     *
     * @throws InvalidTlsException when key and certificate do not fit
     */
    public static SSLContext server(Credentials own) {
        return context(store(own), trust(own.authorities()));
    }

    /**
     * For a client of the one server that is named so.
     *
     * @param serverName the DNS name or IP address that the server's certificate must hold exactly
     * @throws InvalidTlsException when key and certificate do not fit
     */
    public static SSLContext client(Credentials own, String serverName) {
        return context(store(own), new NamedServer(trust(own.authorities()), serverName));
    }

    /**
     * For a client that shows no certificate, of servers that these authorities signed.
     *
     * @param authorities PEM file
     * @throws InvalidTlsException when it holds no certificates
     */
    public static SSLContext anonymous(Path authorities) {
        return context(emptyStore(), trust(Pem.read(authorities).certificates()));
    }

    /** TLS 1.3 only, and no peer without a certificate. */
    public static SSLParameters parameters(SSLContext context) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setNeedClientAuth(true);
        return parameters;
    }

    private static SSLContext context(KeyStore own, TrustManager trust) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable("the key and the certificate chain", e);
        }
    }

    private static KeyStore store(Credentials own) {
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("own", own.key(), NO_PASSWORD, own.chain().toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException e) {
            throw unusable("the key and the certificate chain", e);
        }
    }

    private static X509TrustManager trust(List<X509Certificate> authorities) {
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw unusable("the authorities", e);
        }
    }

    /** In memory only; PKCS #12 would spend 40 ms at start on deriving a key from no password. */
    private static KeyStore emptyStore() {
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java runtime has an empty key store", e);
        }
    }

    private static InvalidTlsException unusable(String what, GeneralSecurityException e) {
        return new InvalidTlsException(what + " cannot be used: " + e.getMessage(), e);
    }

    /**
     * Trusts the authorities' signature on one name only. The platform's own check would compare with the address that
     * was dialled, and would take wildcards.
     */
    private static final class NamedServer extends X509ExtendedTrustManager {
        private final X509TrustManager authorities;
        private final String serverName;

        NamedServer(X509TrustManager authorities, String serverName) {
            this.authorities = authorities;
            this.serverName = serverName;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            authorities.checkServerTrusted(chain, authType);
            if (!SubjectNames.serverIs(chain[0], serverName)) {
                throw new CertificateException("its certificate is not for " + serverName);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("a client's context serves nobody");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.getAcceptedIssuers();
        }
    }
}
