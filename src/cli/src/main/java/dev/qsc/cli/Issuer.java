package dev.qsc.cli;

/** Who signs certificates. */
interface Issuer {
    /**
     * A certificate with a new key.
     *
     * @throws NoAnswerException when none can be had, with what to do
     */
    Issued issue(CertificateOrder order);
}
