package dev.qsc.e2e.host;

import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The same promise tried in many ways: a few at a time, since most of a trial is waiting. */
final class Trials {
    private static final int AT_A_TIME = 4;

    private Trials() {}

    /** Runs all trials, and fails with each one that failed. */
    static <T> void tryAll(Collection<T> ways, Consumer<T> trial) throws InterruptedException {
        var failures = new ArrayList<AssertionError>();
        try (var pool = Executors.newFixedThreadPool(AT_A_TIME)) {
            for (Future<?> running : ways.stream()
                    .map(way -> pool.submit(() -> attempt(way, trial)))
                    .toList()) {
                try {
                    running.get();
                } catch (ExecutionException e) {
                    failures.add((AssertionError) e.getCause());
                }
            }
        }
        if (!failures.isEmpty()) {
            var all = new AssertionError(
                    "%d of %d ways failed".formatted(failures.size(), ways.size()), failures.getFirst());
            failures.stream().skip(1).forEach(all::addSuppressed);
            throw all;
        }
    }

    private static <T> void attempt(T way, Consumer<T> trial) {
        try {
            trial.accept(way);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("with " + way, e);
        }
    }
}
