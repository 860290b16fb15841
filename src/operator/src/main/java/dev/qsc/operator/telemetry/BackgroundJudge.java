package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.operator.core.JudgeOrder;
import dev.qsc.operator.core.JudgeOutcome;
import dev.qsc.operator.core.JudgeReport;
import dev.qsc.operator.core.JudgeView;
import dev.qsc.operator.kube.RedisUrls;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and judges telemetry on threads of its own, at most one order at a time for each rollout, so that a slow Redis
 * never holds up a rollback. What it found stays in memory, and is asked for again after a restart.
 */
@Singleton
public class BackgroundJudge {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundJudge.class);

    private final RedisUrls urls;
    private final Clock clock;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();

    /** The judge of one rollout, and what lies before it. */
    private static final class Desk {
        final RolloutJudge judge;
        JudgeReport latest;
        boolean busy;
        boolean dismissed;

        Desk(RolloutJudge judge) {
            this.judge = judge;
        }
    }

    BackgroundJudge(RedisUrls urls, Clock clock) {
        this.urls = urls;
        this.clock = clock;
    }

    /** What is known of a rollout, by its uid. */
    public JudgeView view(String uid) {
        Desk desk = desk(uid);
        synchronized (desk) {
            return new JudgeView(desk.latest, desk.busy);
        }
    }

    /**
     * Begins to carry out an order, unless another one for this rollout is being carried out.
     *
     * @param finished called when there is a report
     */
    public void submit(CanaryRollout rollout, JudgeOrder order, Runnable finished) {
        Desk desk = desk(rollout.getMetadata().getUid());
        synchronized (desk) {
            if (desk.busy) {
                return;
            }
            desk.busy = true;
        }
        Thread.ofVirtual().name("judge").start(() -> {
            work(desk, rollout, order);
            finished.run();
        });
    }

    /** Lets go of a rollout that is gone. */
    public void forget(String uid) {
        Desk desk = desks.remove(uid);
        if (desk == null) {
            return;
        }
        synchronized (desk) {
            desk.dismissed = true;
            if (!desk.busy) {
                desk.judge.close();
            }
        }
    }

    private Desk desk(String uid) {
        return desks.computeIfAbsent(uid, _ -> new Desk(new RolloutJudge(urls)));
    }

    private void work(Desk desk, CanaryRollout rollout, JudgeOrder order) {
        Instant started = clock.instant();
        JudgeOutcome outcome = carryOut(desk.judge, rollout, order);
        Instant finished = clock.instant();
        JudgeLog.write(rollout, order, outcome, Duration.between(started, finished));
        synchronized (desk) {
            desk.latest = new JudgeReport(order, finished, outcome);
            desk.busy = false;
            if (desk.dismissed) {
                desk.judge.close();
            }
        }
    }

    /** A judge that fails in a way nobody foresaw has not judged, and that is a report as well. */
    private static JudgeOutcome carryOut(RolloutJudge judge, CanaryRollout rollout, JudgeOrder order) {
        try {
            return judge.carryOut(rollout, order);
        } catch (RuntimeException e) {
            LOG.error("the judge failed", e);
            return new JudgeOutcome.Failed("the judge failed: " + e);
        }
    }
}
