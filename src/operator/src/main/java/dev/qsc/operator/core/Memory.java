package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.quality.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a process remembers of a watch between two writes of the status. Losing it costs the slots since the last write,
 * never safety.
 *
 * @param operationId the activation that is watched
 * @param watch slots and errors
 * @param since when this process began to watch
 * @param finishedAt when the last check finished, whatever its verdict
 * @param checkedSlot the newest slot that has its check, be it only ordered
 * @param renewed host to the time of the last renewal it acknowledged
 * @param recorded hosts that have the end of the watch in their ledger
 * @param lastCheck the last check's verdict, for the status
 * @param scoreboard what it rests on, for the status
 * @param savedAt when the progress was last put into the status
 */
public record Memory(
        String operationId,
        Watch watch,
        Instant since,
        Instant finishedAt,
        long checkedSlot,
        Map<String, Instant> renewed,
        Set<String> recorded,
        CanaryRolloutStatus.Check lastCheck,
        CanaryRolloutStatus.Scoreboard scoreboard,
        Instant savedAt) {
    public Memory {
        renewed = Map.copyOf(renewed);
        recorded = Set.copyOf(recorded);
    }

    static Memory begin(String operationId, Watch watch, CanaryRolloutStatus.Canary stored, Instant now) {
        return new Memory(
                operationId,
                watch,
                now,
                now,
                watch.slots().lastSlot(),
                Map.of(),
                Set.of(),
                stored.lastCheck(),
                stored.scoreboard(),
                Instant.MIN);
    }

    /**
     * After a check; a standing that turned is to be saved at once.
     *
     * @param slot the slot that the check is counted for
     */
    Memory checked(Watch next, CanaryRolloutStatus.Check check, CanaryRolloutStatus.Scoreboard board, long slot) {
        boolean isSame = scoreboard != null
                && scoreboard.overall().equals(board.overall())
                && standings(scoreboard).equals(standings(board));
        return new Memory(
                operationId,
                next,
                since,
                check.time(),
                Math.max(checkedSlot, slot),
                renewed,
                recorded,
                check,
                board,
                isSame ? savedAt : Instant.MIN);
    }

    private static Map<String, String> standings(CanaryRolloutStatus.Scoreboard board) {
        Map<String, String> standings = new HashMap<>();
        if (board.models() != null) {
            board.models().forEach(model -> standings.put(model.name(), model.standing()));
        }
        return standings;
    }

    Memory ordered(long slot) {
        return new Memory(
                operationId, watch, since, finishedAt, slot, renewed, recorded, lastCheck, scoreboard, savedAt);
    }

    Memory saved(Instant at) {
        return new Memory(
                operationId, watch, since, finishedAt, checkedSlot, renewed, recorded, lastCheck, scoreboard, at);
    }

    /** With what hosts acknowledged since. */
    Memory heardFrom(List<HostObservation> hosts) {
        Memory result = this;
        for (HostObservation host : hosts) {
            if (host.last() == null || !(host.last().answer() instanceof Answer.Done<?>)) {
                continue;
            }
            result = switch (host.last().command()) {
                case HostCommand.Renew renew ->
                    result.renewed(host.name(), host.last().at());
                case HostCommand.Conclude conclude -> result.recorded(host.name());
                default -> result;
            };
        }
        return result;
    }

    private Memory renewed(String host, Instant at) {
        Map<String, Instant> all = new HashMap<>(renewed);
        all.put(host, at);
        return new Memory(
                operationId, watch, since, finishedAt, checkedSlot, all, recorded, lastCheck, scoreboard, savedAt);
    }

    private Memory recorded(String host) {
        Set<String> all = new HashSet<>(recorded);
        all.add(host);
        return new Memory(
                operationId, watch, since, finishedAt, checkedSlot, renewed, all, lastCheck, scoreboard, savedAt);
    }

    /** When a host last acknowledged that it is watched, as far as this process can know. */
    Instant heard(String host) {
        return renewed.getOrDefault(host, since);
    }

    /** Whether a host waits for a renewal; one that this process never renewed does at once. */
    boolean isRenewalDue(String host, Instant now, Duration pace) {
        Instant last = renewed.get(host);
        return last == null || !now.isBefore(last.plus(pace));
    }
}
