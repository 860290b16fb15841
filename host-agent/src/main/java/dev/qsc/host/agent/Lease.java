package dev.qsc.host.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The lease file: until when a canary may stay, a line for each operation that may hold one.
 *
 * @param entries at most one for each rollout and operation
 */
record Lease(List<Entry> entries) {
    /** Two operations of a rollout at most: the one that runs, and the one that takes over from it. */
    private static final int MOST = 2;

    private static final Pattern LINE =
            Pattern.compile("lease ([0-9a-zA-Z-]{1,64}) ([0-9a-zA-Z-]{1,64}) ([0-9]{1,18}) ([0-9]{1,18}) end");

    static final Lease NONE = new Lease(List.of());

    /**
     * One operation's lease.
     *
     * @param uid of the rollout
     * @param operation of the rollout
     * @param epoch of the leader that renewed it
     * @param deadline in milliseconds of the boot clock
     */
    record Entry(String uid, String operation, long epoch, long deadline) {
        boolean isFor(String otherUid, String otherOperation) {
            return uid.equals(otherUid) && operation.equals(otherOperation);
        }
    }

    /** The lease in a text; what is not a whole line is no lease. */
    static Lease parse(String text) {
        return new Lease(text.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Entry(
                        line.group(1), line.group(2), Long.parseLong(line.group(3)), Long.parseLong(line.group(4))))
                .toList());
    }

    /** That operation's lease. */
    Optional<Entry> of(String uid, String operation) {
        return entries.stream().filter(entry -> entry.isFor(uid, operation)).findFirst();
    }

    /** With this entry in place of the operation's former one; other rollouts lose theirs. Never shortens a lease. */
    Lease with(Entry fresh) {
        long deadline = Math.max(
                fresh.deadline(),
                of(fresh.uid(), fresh.operation()).map(Entry::deadline).orElse(0L));
        List<Entry> kept = new ArrayList<>();
        kept.add(new Entry(fresh.uid(), fresh.operation(), fresh.epoch(), deadline));
        entries.stream()
                .filter(entry -> entry.uid().equals(fresh.uid()) && !entry.isFor(fresh.uid(), fresh.operation()))
                .limit(MOST - 1L)
                .forEach(kept::add);
        return new Lease(kept);
    }

    /** Without any operation of that rollout. */
    Lease without(String uid) {
        return new Lease(
                entries.stream().filter(entry -> !entry.uid().equals(uid)).toList());
    }

    /** As the guard reads it. */
    String text() {
        return entries.stream()
                .map(entry -> "lease %s %s %d %d end\n"
                        .formatted(entry.uid(), entry.operation(), entry.epoch(), entry.deadline()))
                .collect(Collectors.joining());
    }
}
