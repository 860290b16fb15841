package dev.qsc.operator.core;

import dev.qsc.api.CanaryRolloutStatus;
import java.time.Instant;
import java.util.List;

/**
 * What happens next.
 *
 * @param status the whole new status
 * @param intent whether the status must be stored, under optimistic lock, before anything else is done: it announces
 *     what cannot be undone
 * @param memory to hand to the next observation; null when there is nothing to remember
 * @param commands at most one per host
 * @param judge an order for the background judge; null when there is none
 * @param isJudging whether the judge may be at work on an order; if not, it lets go of the stream
 * @param notices to tell people
 * @param wakeAt when to decide again, if nothing happens before
 * @param release whether the finalizer may go: no host has a canary of this rollout
 */
public record Decision(
        CanaryRolloutStatus status,
        boolean intent,
        Memory memory,
        List<HostCommand> commands,
        JudgeOrder judge,
        boolean isJudging,
        List<Notice> notices,
        Instant wakeAt,
        boolean release) {
    public Decision {
        commands = List.copyOf(commands);
        notices = List.copyOf(notices);
    }
}
