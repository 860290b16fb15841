package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Takes the commands for one unit. Those that put or keep a canary there come one after the other; a rollback waits for
 * none of them.
 *
 * <p>Root has one request file per unit to read, so a command holds its place until root's record shows that the
 * request was taken, or its helper ended.
 */
final class UnitDesk {
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(5);
    private static final Duration RECORDED_WITHIN = Duration.ofSeconds(8);
    private static final Duration HOME_WITHIN = Duration.ofSeconds(70);
    private static final Duration GLANCE = Duration.ofMillis(20);

    private final String unit;
    private final HostFiles files;
    private final BootClock clock;
    private final Systemd systemd;
    private final ReentrantLock oneByOne = new ReentrantLock();
    private final ReentrantLock rollbacksOneByOne = new ReentrantLock();
    private final Object requestFile = new Object();
    private final Object leaseFile = new Object();

    /** Guarded by {@code requestFile}. */
    private RollbackRequest lastRollback;

    UnitDesk(String unit, HostFiles files, BootClock clock, Systemd systemd) {
        this.unit = unit;
        this.files = files;
        this.clock = clock;
        this.systemd = systemd;
    }

    /** The live state. */
    UnitState state() {
        return UnitReport.of(snapshot(), systemd.show(UnitReport.units(unit)));
    }

    /** Puts a canary there: the lease first, since root takes none that is not held. */
    UnitState put(CanaryRequest canary) {
        return oneByOne(() -> {
            if (admitted(Admission.canary(snapshot(), canary))) {
                hold(canary.rollout(), canary.operation().id(), canary.epoch(), canary.leaseDeadline());
                ask(Helper.apply, Request.apply(canary));
                await(now -> knows(now, canary.rollout(), canary.operation().id()), Helper.apply);
            }
            return state();
        });
    }

    /** Lets the canary stay longer. Without a new leader this costs one small file. */
    HostClock renew(LeaseRenewal renewal) {
        return oneByOne(() -> {
            Snapshot before = snapshot();
            refuse(Admission.renewal(before, renewal));
            if (Admission.bringsNewLeader(before, renewal.rollout().uid(), renewal.epoch())) {
                write(Request.fence(renewal));
                systemd.run(Helper.record.instance(unit), RECORDED_WITHIN);
                if (Admission.bringsNewLeader(snapshot(), renewal.rollout().uid(), renewal.epoch())) {
                    throw new HostException(
                            "root did not record epoch " + renewal.epoch().number() + " of "
                                    + renewal.epoch().holder());
                }
            }
            synchronized (leaseFile) {
                refuse(Admission.renewal(snapshot(), renewal));
                hold(renewal.rollout(), renewal.operationId(), renewal.epoch(), renewal.deadline());
            }
            return clock.now();
        });
    }

    /** Makes the canary's weights the baseline. */
    UnitState promote(PromoteRequest promotion) {
        return oneByOne(() -> {
            if (admitted(Admission.promotion(snapshot(), promotion))) {
                hold(promotion.rollout(), promotion.operation().id(), promotion.epoch(), promotion.leaseDeadline());
                ask(Helper.promote, Request.promote(promotion));
                await(
                        now -> knows(
                                now, promotion.rollout(), promotion.operation().id()),
                        Helper.promote);
            }
            return state();
        });
    }

    /** Forgets the old baseline. */
    UnitState confirm(ConfirmRequest confirmation) {
        return oneByOne(() -> {
            if (admitted(Admission.confirmation(snapshot(), confirmation))) {
                ask(Helper.promote, Request.confirm(confirmation));
                await(now -> now.armed().isEmpty(), Helper.promote);
            }
            return state();
        });
    }

    /** Notes that a watch ended well. */
    UnitState complete(MonitoringCompleted completed) {
        return oneByOne(() -> {
            if (admitted(Admission.completion(snapshot(), completed))) {
                write(Request.record(completed));
                systemd.run(Helper.record.instance(unit), RECORDED_WITHIN);
            }
            return state();
        });
    }

    /**
     * Brings the engine home. Answers as soon as root has taken it, which is long before the engine is there; when root
     * cannot be asked, withdraws the lease, which the guard sees alone.
     */
    UnitState rollBack(RollbackRequest rollback) {
        CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> askFor(rollback), Thread::startVirtualThread);
        long until = System.nanoTime() + TAKEN_WITHIN.toNanos();
        boolean over = false;
        while (!isTaken(rollback)) {
            if (over) {
                withdraw(rollback.rollout());
                throw new HostException("root did not take the rollback, so the lease was withdrawn: "
                        + (asked.isCompletedExceptionally()
                                ? asked.exceptionNow().getMessage()
                                : "see journalctl -u " + Helper.rollback.instance(unit)));
            }
            pause();
            over = asked.isDone() || System.nanoTime() > until;
        }
        return state();
    }

    /** One after the other, each until its helper has ended: a helper that runs has read its request already. */
    private void askFor(RollbackRequest rollback) {
        rollbacksOneByOne.lock();
        try {
            if (!isTaken(rollback)) {
                synchronized (requestFile) {
                    lastRollback = rollback;
                    HostFiles.write(files.request(unit), Request.rollback(rollback));
                }
                systemd.run(Helper.rollback.instance(unit), HOME_WITHIN);
            }
        } catch (HostException e) {
            Log.warning("rollback_helper_failed", "unit", unit, "detail", e.getMessage());
            throw e;
        } finally {
            rollbacksOneByOne.unlock();
        }
    }

    private boolean isTaken(RollbackRequest rollback) {
        return holds(now -> Admission.isTaken(now, rollback.rollout(), rollback.operation()));
    }

    /** Whether root's records say so; not when they cannot be read, which must not keep a rollback from being asked. */
    private boolean holds(Predicate<Snapshot> fact) {
        try {
            return fact.test(snapshot());
        } catch (HostException e) {
            return false;
        }
    }

    private void ask(Helper helper, String request) {
        write(request);
        systemd.start(helper.instance(unit));
    }

    /** A command's request must not take the place of a rollback's that no helper has read yet. */
    private void write(String request) {
        if (request.getBytes(StandardCharsets.UTF_8).length > Request.LARGEST) {
            throw new RefusedException(Problem.Kind.TOO_LARGE.detail(
                    "root reads requests of " + Request.LARGEST + " bytes: name fewer models, or shorter"));
        }
        synchronized (requestFile) {
            RollbackRequest last = lastRollback;
            if (last != null && !Admission.isBuried(snapshot(), last.rollout(), last.operation())) {
                throw new RefusedException(Problem.Kind.CONFLICT.detail("a rollback of " + unit + " is being taken"));
            }
            HostFiles.write(files.request(unit), request);
        }
    }

    private void hold(RolloutRef rollout, String operation, Epoch epoch, long deadline) {
        synchronized (leaseFile) {
            Lease.Entry entry = new Lease.Entry(rollout.uid(), operation, epoch.number(), deadline);
            HostFiles.write(files.lease(unit), lease().with(entry).text());
        }
    }

    private void withdraw(RolloutRef rollout) {
        synchronized (leaseFile) {
            HostFiles.write(files.lease(unit), lease().without(rollout.uid()).text());
        }
    }

    private Lease lease() {
        return HostFiles.read(files.lease(unit)).map(Lease::parse).orElse(Lease.NONE);
    }

    /** Waits until root's record shows that a request was taken, or its helper ended without saying so. */
    private void await(Predicate<Snapshot> taken, Helper helper) {
        long until = System.nanoTime() + TAKEN_WITHIN.toNanos();
        boolean ran = false;
        for (int glance = 1; System.nanoTime() < until && !taken.test(snapshot()); glance++) {
            if (glance % 10 == 0) {
                boolean runs = runs(helper);
                if (ran && !runs) {
                    return;
                }
                ran = runs;
            }
            pause();
        }
    }

    private boolean runs(Helper helper) {
        String state = systemd.show(List.of(helper.instance(unit))).getFirst().get("ActiveState");
        return "activating".equals(state);
    }

    private static boolean knows(Snapshot now, RolloutRef rollout, String operation) {
        return now.armed()
                        .filter(armed -> armed.operation().id().equals(operation))
                        .isPresent()
                || now.fences()
                        .of(rollout.uid())
                        .map(UnitState.Fence::operation)
                        .filter(last -> last.id().equals(operation))
                        .isPresent();
    }

    private Snapshot snapshot() {
        return Snapshot.of(files, clock, unit);
    }

    private <T> T oneByOne(Supplier<T> command) {
        oneByOne.lock();
        try {
            return command.get();
        } finally {
            oneByOne.unlock();
        }
    }

    /** Whether a command is to be carried out; not when it was already. */
    private static boolean admitted(Admission.Verdict verdict) {
        refuse(verdict);
        return verdict instanceof Admission.Verdict.Admitted;
    }

    private static void refuse(Admission.Verdict verdict) {
        if (verdict instanceof Admission.Verdict.Refused(Problem problem)) {
            throw new RefusedException(problem);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(GLANCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("the agent is stopping", e);
        }
    }
}
