package dev.qsc.cli;

import java.time.Duration;

/**
 * A certificate that somebody needs.
 *
 * @param secret the name of the Secret that holds it in the cluster, if it is kept there
 * @param use what for
 * @param name the one name that it is for: of a server a DNS name, of a client a URI
 * @param validity how long from now
 */
record CertificateOrder(String secret, Use use, String name, Duration validity) {
    /** Which side of a connection shows it. */
    enum Use {
        SERVER,
        CLIENT
    }
}
