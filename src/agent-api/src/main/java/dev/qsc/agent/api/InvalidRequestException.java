package dev.qsc.agent.api;

/**
 * A record of the agent API was given a value it cannot hold; the message names the field, the fault and what is
 * allowed.
 */
public class InvalidRequestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message);
    }
}
