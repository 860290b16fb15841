package dev.qsc.host.agent;

/** The agent's configuration cannot be used; the message names the file, the fault and what is expected. */
final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidConfigException(String message) {
        super(message);
    }
}
