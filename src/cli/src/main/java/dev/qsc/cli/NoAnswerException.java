package dev.qsc.cli;

/** There is no answer, because a file, a cluster or an agent failed; the message is one sentence for people. */
final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message);
    }

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
