package dev.qsc.telemetry;

/**
 * A stream could not be read. The message is one sentence for people, says what to do, and holds no secret; so do the
 * messages of its causes not appear in it.
 */
public final class TelemetryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** The address is not one. */
        BAD_ADDRESS,
        /** Nobody answers, or the host is not known. */
        UNREACHABLE,
        /** An answer took too long. */
        TIMED_OUT,
        /** User or password are wrong, or the user may not read the stream. */
        REFUSED_LOGIN,
        /** No trusted encrypted connection came about. */
        TLS,
        /** There is no such key. */
        NO_SUCH_STREAM,
        /** The key holds something else. */
        NOT_A_STREAM,
        /** The server answered with an error, or with something that is not understood. */
        PROTOCOL,
        /** A file could not be read or written, or is not a recording. */
        FILE
    }

    private final Kind kind;

    /** @param message one sentence for people, without secrets */
    public TelemetryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** @param message one sentence for people, without secrets */
    public TelemetryException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
