package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.UnitState;
import java.time.Instant;

/**
 * The engine on one host of a rollout.
 *
 * @param name of its EngineHost
 * @param unit what its agent says now; {@link Answer.Unreachable} too when there is no EngineHost of this name
 * @param last the last command this process sent it for this rollout; null when there was none
 */
public record HostObservation(String name, Answer<UnitState> unit, Sent last) {

    /**
     * A command that was sent.
     *
     * @param answer how the call ended
     * @param at when it did
     */
    public record Sent(HostCommand command, Answer<?> answer, Instant at) {}
}
