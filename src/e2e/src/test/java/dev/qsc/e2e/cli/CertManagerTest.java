package dev.qsc.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.Repository;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

@NeedsControlPlane
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("With a cert-manager issuer, qsc host enroll")
class CertManagerTest {
    @TempDir
    private static Path directory;

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("says that there is no cert-manager, and makes nothing")
    void notInstalled() {
        var enroll = enroll("--issuer", "corporate");

        assertThat(enroll.exitCode()).isEqualTo(1);
        assertThat(enroll.stderr())
                .startsWith("qsc: cert-manager is not installed in this cluster")
                .hasLineCount(1);
        assertNothingTrusted();
    }

    @Test
    @Order(2)
    @DisplayName("says when nobody signs within the time-out, and makes no EngineHost")
    void nobodySigns() {
        cluster.kubectl("apply", "-f", crd());
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");

        var enroll = enroll("--issuer", "corporate", "--timeout", "1s");

        assertThat(enroll.exitCode()).isEqualTo(1);
        assertThat(enroll.stderr())
                .startsWith("qsc: cert-manager did not sign Certificate qsc-system/qsc-operator-tls within 1 s: it says"
                        + " nothing; is Issuer corporate there, and does cert-manager run?")
                .hasLineCount(1);
        assertNothingTrusted();
        cluster.kubectl("delete", "certificates.cert-manager.io", "--all", "-n", Cluster.SYSTEM);
    }

    private static void assertNothingTrusted() {
        assertThat(cluster.kubectl("get", "enginehosts,secrets", "-A", "-o", "name"))
                .isEmpty();
    }

    @Test
    @Order(3)
    @DisplayName(
            "takes certificates of host and operator from it; revoke takes the host's away, and leaves the operator's")
    void signed() throws Exception {
        var enroll =
                new CertManagerStandIn(cluster, directory).signWhile(() -> enroll("--cluster-issuer", "corporate"));

        assertThat(enroll.exitCode()).as(enroll.stderr()).isZero();
        assertThat(enroll.stderr()).contains("Secret qsc-system/qsc-operator-tls is new");
        assertThat(enroll.stdout()).contains("\nclient spiffe://qsc.dev/operator\n");
        assertThat(certificate(enroll.stdout()).getSubjectAlternativeNames())
                .singleElement()
                .isEqualTo(List.of(2, serverName()));
        assertThat(certificates("{.spec.issuerRef.kind}/{.spec.issuerRef.name} {.spec.usages[1]} {.spec.duration}"))
                .containsExactly(
                        "ClusterIssuer/corporate server auth 8760h", "ClusterIssuer/corporate client auth 8760h");

        assertThat(qsc("revoke", "engine-1").exitCode()).isZero();

        assertThat(certificates("{.metadata.name}")).containsExactly("qsc-operator-tls");
        assertThat(cluster.kubectl("get", "enginehosts,secrets", "-A", "-o", "name"))
                .isEqualTo("secret/qsc-operator-tls\n");
    }

    private static List<String> certificates(String fields) {
        return cluster.kubectl(
                        "get",
                        "certificates.cert-manager.io",
                        "-n",
                        Cluster.SYSTEM,
                        "--sort-by=.metadata.name",
                        "-o",
                        "jsonpath={range .items[*]}" + fields + "{'\\n'}{end}")
                .lines()
                .toList();
    }

    private static String serverName() {
        return cluster.kubectl(
                "get", "enginehost", "engine-1", "-n", Cluster.NAMESPACE, "-o", "jsonpath={.spec.serverName}");
    }

    private static X509Certificate certificate(String command) throws Exception {
        var pem = command.substring(command.indexOf("-----BEGIN CERT"), command.indexOf("\nkey\n"));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String crd() {
        return Repository.file("src/e2e/src/test/resources/dev/qsc/e2e/cli/certificates.yaml")
                .toString();
    }

    private static Command enroll(String... options) {
        var line = new ArrayList<>(List.of("enroll", "engine-1", "--address", "https://engine-1.example.org:9443"));
        line.addAll(List.of(options));
        return qsc(line.toArray(String[]::new));
    }

    private static Command qsc(String... arguments) {
        var line = new ArrayList<>(List.of("host"));
        line.addAll(List.of(arguments));
        line.addAll(List.of(
                "--kubeconfig", cluster.controlPlane().kubeconfig().toString(), "--namespace", Cluster.NAMESPACE));
        return Qsc.run(line.toArray(String[]::new));
    }
}
