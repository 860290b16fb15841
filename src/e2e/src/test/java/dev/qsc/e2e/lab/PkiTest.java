package dev.qsc.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The certificates")
class PkiTest {

    private static final int URI = 6;

    @TempDir
    private Path directory;

    @Test
    @DisplayName("name the operator, and make the outsider and the stranger differ from it in one thing each")
    void identities() throws GeneralSecurityException, IOException {
        var pki = Pki.in(directory);
        var authority = certificate(pki.authority()).getPublicKey();

        var operator = certificate(pki.operator().certificate());
        operator.verify(authority);
        assertThat(operator.getSubjectAlternativeNames()).containsExactly(List.of(URI, "spiffe://qsc.dev/operator"));

        var outsider = certificate(pki.outsider().certificate());
        outsider.verify(authority);
        assertThat(outsider.getSubjectAlternativeNames()).containsExactly(List.of(URI, "spiffe://qsc.dev/outsider"));

        var stranger = certificate(pki.stranger().certificate());
        assertThatThrownBy(() -> stranger.verify(authority)).isInstanceOf(SignatureException.class);
        assertThat(stranger.getSubjectAlternativeNames()).containsExactly(List.of(URI, "spiffe://qsc.dev/operator"));
    }

    @Test
    @DisplayName("stay the same when asked for again")
    void kept() throws IOException {
        var first = Files.readString(Pki.in(directory).operator().certificate());
        assertThat(Pki.in(directory).operator().certificate()).hasContent(first);
    }

    private static X509Certificate certificate(Path file) throws GeneralSecurityException, IOException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
