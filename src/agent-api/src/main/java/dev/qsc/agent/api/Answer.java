package dev.qsc.agent.api;

/**
 * How a call to an agent ended. What an operator may do next differs for each, so none of them is an exception.
 *
 * @param <T> what the agent answers with
 */
public sealed interface Answer<T> {
    /**
     * The agent took the call.
     *
     * @param value what it answered with
     * @param <T> what the agent answers with
     */
    record Done<T>(T value) implements Answer<T> {}

    /**
     * The agent refused the call and did nothing.
     *
     * @param problem why, and what to do
     * @param <T> what the agent answers with
     */
    record Refused<T>(Problem problem) implements Answer<T> {}

    /**
     * The agent was never reached, or the call only reads; nothing was done.
     *
     * @param reason what was tried and what failed, a sentence
     * @param <T> what the agent answers with
     */
    record Unreachable<T>(String reason) implements Answer<T> {}

    /**
     * One side does not trust the other's certificate; nothing was done.
     *
     * @param reason whose certificate, and why, a sentence
     * @param <T> what the agent answers with
     */
    record NotTrusted<T>(String reason) implements Answer<T> {}

    /**
     * The call was sent, and no answer came that could be understood: it may have been carried out or not. To be
     * resolved by reading the unit's state, never by sending again under a new operation.
     *
     * @param reason what happened, a sentence
     * @param <T> what the agent answers with
     */
    record Ambiguous<T>(String reason) implements Answer<T> {}
}
