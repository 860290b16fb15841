package dev.qsc.agent.api;

/** A key, certificate or authority cannot be used; the message names the file and the fault. */
public class InvalidTlsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidTlsException(String message) {
        super(message);
    }

    public InvalidTlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
