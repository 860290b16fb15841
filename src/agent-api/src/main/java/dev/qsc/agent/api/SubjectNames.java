package dev.qsc.agent.api;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names a certificate speaks for: its subject alternative names, compared exactly, never by wildcard. */
public final class SubjectNames {
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    private SubjectNames() {}

    /** The URI and DNS names of a client's certificate; DNS names in lower case. Empty when they cannot be read. */
    public static Set<String> ofClient(X509Certificate certificate) {
        return names(certificate, Set.of(URI, DNS));
    }

    /** Whether a server's certificate names that host: a DNS name, or an IP address in its usual form. */
    static boolean serverIs(X509Certificate certificate, String host) {
        return names(certificate, Set.of(DNS, IP)).contains(canonical(host));
    }

    private static Set<String> names(X509Certificate certificate, Set<Integer> kinds) {
        Set<String> names = new HashSet<>();
        for (List<?> name : alternatives(certificate)) {
            if (name.getFirst() instanceof Integer kind
                    && kinds.contains(kind)
                    && name.get(1) instanceof String value) {
                names.add(kind == URI ? value : canonical(value));
            }
        }
        return names;
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            return alternatives == null ? List.of() : alternatives;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** One spelling per name; an address is recognised by what no host name has: a colon, or digits and dots only. */
    private static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String bare = lower.startsWith("[") && lower.endsWith("]") ? lower.substring(1, lower.length() - 1) : lower;
        if (!bare.contains(":") && !bare.matches("[0-9.]+")) {
            return bare;
        }
        try {
            return InetAddress.ofLiteral(bare).getHostAddress();
        } catch (IllegalArgumentException e) {
            return bare;
        }
    }
}
