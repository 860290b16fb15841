package dev.qsc.cli;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.Pem;
import dev.qsc.cli.CertificateOrder.Use;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of our own, kept in a Secret beside the operator. All keys are EC P-256. */
final class OwnAuthority implements Issuer {
    /** The Secret with its key. */
    static final String SECRET = "qsc-ca";

    private static final Duration LIFE = Duration.ofDays(3650);
    /** Clocks differ: a certificate is good from a little while ago. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private static final X500Principal CA = new X500Principal("CN=QSC CA,O=QSC Operator");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final Instant now;

    OwnAuthority(Credentials own, Instant now) {
        this.certificate = own.chain().getFirst();
        this.key = own.key();
        this.now = now;
    }

    /** The authority of a cluster, which is made with the first call. */
    static OwnAuthority of(Cluster cluster, Instant now) {
        Issued kept = Issued.in(cluster.findSecret(SECRET)
                .orElseGet(() -> cluster.createOrFind(create(now).secret(cluster.operatorNamespace(), SECRET))));
        return new OwnAuthority(kept.credentials(), now);
    }

    /** A new authority, which signs itself. */
    static Issued create(Instant now) {
        try {
            KeyPair pair = keyPair();
            X509v3CertificateBuilder authority = new JcaX509v3CertificateBuilder(
                            CA, serial(), from(now), Date.from(now.plus(LIFE)), CA, pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            Pem certificate =
                    pem("CERTIFICATE", sign(authority, pair.getPrivate()).getEncoded());
            return new Issued(certificate, pem("PRIVATE KEY", pair.getPrivate().getEncoded()), certificate);
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform can make certificates of EC P-256", e);
        }
    }

    @Override
    public Issued issue(CertificateOrder order) {
        Instant end = certificate.getNotAfter().toInstant();
        if (!now.isBefore(end)) {
            throw new NoAnswerException(
                    "The authority in Secret %s ended on %s: remove it together with Secret %s, and enroll all hosts again with --renew"
                            .formatted(SECRET, end, OperatorIdentity.SECRET));
        }
        Instant wanted = now.plus(order.validity());
        try {
            KeyPair pair = keyPair();
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder leaf = new JcaX509v3CertificateBuilder(
                            certificate.getSubjectX500Principal(),
                            serial(),
                            from(now),
                            Date.from(wanted.isBefore(end) ? wanted : end),
                            subject(order.use()),
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose(order.use())))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name(order)))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(certificate))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            return new Issued(
                    pem("CERTIFICATE", sign(leaf, key).getEncoded()),
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()),
                    pem("CERTIFICATE", certificate.getEncoded()));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java platform can make certificates of EC P-256", e);
        }
    }

    private static X500Principal subject(Use use) {
        return new X500Principal("CN=QSC " + (use == Use.SERVER ? "agent" : "operator") + ",O=QSC Operator");
    }

    private static KeyPurposeId purpose(Use use) {
        return use == Use.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
    }

    private static GeneralName name(CertificateOrder order) {
        int kind = order.use() == Use.SERVER ? GeneralName.dNSName : GeneralName.uniformResourceIdentifier;
        return new GeneralName(kind, order.name());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    /** By a provider that writes a key with its public half, which the agent can compare quickly when it starts. */
    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("P-256"), RANDOM);
        return generator.generateKeyPair();
    }

    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).add(BigInteger.ONE);
    }

    private static Date from(Instant now) {
        return Date.from(now.minus(CLOCK_SKEW));
    }

    private static Pem pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return new Pem("a new " + what, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
    }
}
