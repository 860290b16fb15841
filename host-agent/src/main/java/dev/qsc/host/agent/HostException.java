package dev.qsc.host.agent;

/** The host could not do or show what was asked; the message says what and why, for the operator's eyes. */
class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostException(String message) {
        super(message);
    }

    HostException(String message, Throwable cause) {
        super(message, cause);
    }
}
