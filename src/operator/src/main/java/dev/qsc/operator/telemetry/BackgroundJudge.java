package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.operator.core.JudgeOrder;
import dev.qsc.operator.core.JudgeReport;
import dev.qsc.operator.core.JudgeView;
import dev.qsc.operator.core.Reason;
import dev.qsc.operator.hosts.Hosts;
import dev.qsc.operator.kube.EventRecorder;
import dev.qsc.telemetry.SharedStreams;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges telemetry on threads of its own, at most one order at a time for each rollout, so that a slow Redis never
 * holds up a rollback. Streams are read once for all rollouts on them. What was found stays in memory, and is asked for
 * again after a restart.
 */
@Singleton
public class BackgroundJudge {
    private static final JudgeView NOTHING = new JudgeView(null, false);

    private final StreamPlaces places;
    private final SharedStreams streams;
    private final EventRecorder events;
    private final Clock clock;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();

    /** The judge of one rollout, and what lies before it. */
    private static final class Desk {
        final RolloutJudge judge;
        JudgeReport latest;
        boolean isBusy;
        boolean isForgotten;
        /** Whether somebody waits for another order. */
        volatile boolean isInTheWay;

        Desk(RolloutJudge judge) {
            this.judge = judge;
        }
    }

    BackgroundJudge(StreamPlaces places, SharedStreams streams, EventRecorder events, Clock clock) {
        this.places = places;
        this.streams = streams;
        this.events = events;
        this.clock = clock;
    }

    /** What is known of a rollout, by its uid. */
    public JudgeView view(String uid) {
        Desk desk = desks.get(uid);
        if (desk == null) {
            return NOTHING;
        }
        synchronized (desk) {
            return new JudgeView(desk.latest, desk.isBusy);
        }
    }

    /**
     * Begins to carry out an order, unless another one for this rollout is being carried out. If that is a vigil, it
     * ends within half a second.
     *
     * @param hosts of the rollout's namespace
     * @param finished called when there is a report
     */
    public void submit(CanaryRollout rollout, JudgeOrder order, Hosts.Directory hosts, Runnable finished) {
        Desk desk = desks.computeIfAbsent(rollout.getMetadata().getUid(), _ -> desk(rollout));
        synchronized (desk) {
            desk.isInTheWay = desk.isBusy;
            if (desk.isBusy) {
                return;
            }
            desk.isBusy = true;
        }
        Thread.ofVirtual().name("judge").start(() -> {
            work(desk, rollout, order, hosts);
            finished.run();
        });
    }

    private Desk desk(CanaryRollout rollout) {
        return new Desk(new RolloutJudge(places, streams, clock, notice -> tell(rollout, notice)));
    }

    private void tell(CanaryRollout rollout, String notice) {
        JudgeLog.warn(rollout, notice);
        events.record(rollout, Reason.TelemetryIncomplete.name(), notice, true);
    }

    /** Lets go of a rollout that needs no judge, now or at all, and of its stream. */
    public void forget(String uid) {
        Desk desk = desks.remove(uid);
        if (desk == null) {
            return;
        }
        synchronized (desk) {
            desk.isForgotten = true;
            desk.isInTheWay = true;
            if (!desk.isBusy) {
                desk.judge.close();
            }
        }
    }

    private void work(Desk desk, CanaryRollout rollout, JudgeOrder order, Hosts.Directory hosts) {
        RolloutJudge.Judged judged = desk.judge.carryOut(rollout, order, hosts, () -> desk.isInTheWay);
        JudgeLog.write(rollout, order, judged.outcome(), judged.took());
        synchronized (desk) {
            desk.latest = new JudgeReport(order, clock.instant(), judged.outcome());
            desk.isBusy = false;
            if (desk.isForgotten) {
                desk.judge.close();
            }
        }
    }
}
