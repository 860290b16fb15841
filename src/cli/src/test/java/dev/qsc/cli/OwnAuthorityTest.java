package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.agent.api.Credentials;
import dev.qsc.cli.CertificateOrder.Use;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An authority of our own")
class OwnAuthorityTest {
    private static final CertificateOrder HOST = new CertificateOrder(
            "qsc-host.trading.engine-1", Use.SERVER, "engine-1.host.qsc.dev", Duration.ofDays(365));
    private static final CertificateOrder OPERATOR = new CertificateOrder(
            OperatorIdentity.SECRET, Use.CLIENT, "spiffe://qsc.dev/operator", Duration.ofDays(365));

    // Trust is checked by the real clock.
    private final Instant now = Instant.now();
    private final Issued kept = OwnAuthority.create(now);
    private final OwnAuthority authority = new OwnAuthority(kept.credentials(), now);

    @Test
    @DisplayName("signs certificates for one name and one use, no longer than was asked for")
    void leaf() throws Exception {
        X509Certificate host = leaf(authority.issue(HOST));

        assertThat(host.getSubjectAlternativeNames()).singleElement().isEqualTo(List.of(2, "engine-1.host.qsc.dev"));
        assertThat(host.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(host.getKeyUsage()).containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(host.getBasicConstraints()).isEqualTo(-1);
        assertThat(host.getNotAfter().toInstant())
                .isBetween(now.plus(Duration.ofDays(365)).minusSeconds(1), now.plus(Duration.ofDays(365)));
        assertThat(leaf(authority.issue(OPERATOR)).getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(new OperatorIdentity(authority.issue(OPERATOR).credentials()).names())
                .isEqualTo(Set.of("spiffe://qsc.dev/operator"));
    }

    private static X509Certificate leaf(Issued issued) {
        return issued.credentials().chain().getFirst();
    }

    @Test
    @DisplayName("signs nothing that outlives it, and nothing after its end")
    void end() {
        Instant end = kept.credentials().notAfter();
        Issued last = new OwnAuthority(kept.credentials(), end.minusSeconds(60)).issue(HOST);
        assertThat(last.credentials().notAfter()).isEqualTo(end);

        OwnAuthority ended = new OwnAuthority(kept.credentials(), end);
        assertThatThrownBy(() -> ended.issue(HOST)).hasMessageContaining("The authority in Secret qsc-ca ended on");
    }

    @Test
    @DisplayName(
            "makes operator and hosts trust each other; another authority's do not, and the sentence says what to do")
    void trust() {
        OwnAuthority other = new OwnAuthority(OwnAuthority.create(now).credentials(), now);
        OperatorIdentity operator =
                new OperatorIdentity(authority.issue(OPERATOR).credentials());
        operator.checkTrust(authority.issue(HOST));

        assertThatThrownBy(() -> operator.checkTrust(other.issue(HOST)))
                .hasMessageContaining("The operator would not trust this host: add the authority that signs hosts");
        Issued host = other.issue(HOST);
        OperatorIdentity trustsBoth = new OperatorIdentity(new Credentials(
                operator.credentials().key(),
                operator.credentials().chain(),
                host.credentials().authorities()));
        assertThatThrownBy(() -> trustsBoth.checkTrust(host))
                .hasMessageContaining(
                        "The host would not let the operator in, whose certificate another authority signed");
    }

    @Test
    @DisplayName("names neither keys nor their content when it is printed")
    void secret() {
        Issued host = authority.issue(HOST);
        HostBundle bundle = new HostBundle(host, Set.of("spiffe://qsc.dev/operator"), List.of());

        assertThat(host + " " + bundle)
                .doesNotContain("BEGIN")
                .doesNotContain(host.key().text());
        assertThat(bundle.command())
                .startsWith("qsc-enroll --bundle <<'END_OF_BUNDLE'\nclient spiffe://qsc.dev/operator\ncertificate\n")
                .endsWith("-----END CERTIFICATE-----\nend\nEND_OF_BUNDLE\n");
    }

    @Test
    @DisplayName("gives each enrolment a server name that nobody can guess")
    void serverName() {
        assertThat(HostCertificate.freshServerName("engine-1"))
                .matches("engine-1\\.[0-9a-f]{32}\\.host\\.qsc\\.dev")
                .isNotEqualTo(HostCertificate.freshServerName("engine-1"));
    }
}
