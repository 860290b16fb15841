package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.operator.core.JudgeOrder;
import dev.qsc.operator.core.JudgeOrder.Vigil;
import dev.qsc.operator.core.JudgeOutcome;
import dev.qsc.operator.hosts.Hosts;
import dev.qsc.operator.kube.RedisSecrets.NoUrlException;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Monitor;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.MonitorWindow;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.Position;
import dev.qsc.telemetry.SharedStreams;
import dev.qsc.telemetry.Snapshot;
import dev.qsc.telemetry.StreamPlace;
import dev.qsc.telemetry.StreamView;
import dev.qsc.telemetry.TelemetryException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out orders for one rollout, one at a time. Its view of the stream stays open between orders; what is read
 * there is shared with every other rollout on the same stream. Not thread-safe.
 */
final class RolloutJudge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutJudge.class);

    /** Least time from judgement to judgement of a vigil: four a second at most. */
    private static final Duration PACE = Duration.ofMillis(250);

    /** A vigil judges so often without news as well: silence is one of the rules. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final StreamPlaces places;
    private final SharedStreams streams;
    private final Clock clock;
    private final Consumer<String> notices;
    private Open open;
    /** The stream's last id at the last judgement; null when it could not be read. */
    private StreamId seen;

    private record Open(StreamPlace place, StreamView view) {}

    /**
     * What came of an order.
     *
     * @param took how long the judgement took; of a vigil the last one
     */
    record Judged(JudgeOutcome outcome, Duration took) {}

    /** @param notices is told in a sentence when events may be missing */
    RolloutJudge(StreamPlaces places, SharedStreams streams, Clock clock, Consumer<String> notices) {
        this.places = places;
        this.streams = streams;
        this.clock = clock;
        this.notices = notices;
    }

    /**
     * Blocks for as long as the telemetry takes, within its own bounds, and for as long as a vigil lasts.
     *
     * @param hosts of the rollout's namespace
     * @param isCalledOff whether nobody waits for a vigil any more
     */
    Judged carryOut(CanaryRollout rollout, JudgeOrder order, Hosts.Directory hosts, BooleanSupplier isCalledOff) {
        Judged judged = judge(rollout, order, hosts);
        if (order instanceof JudgeOrder.Check check && check.vigil() != null) {
            while (!isOver(check.vigil(), judged.outcome()) && !isCalledOff.getAsBoolean()) {
                rest(check.vigil(), isCalledOff);
                judged = judge(rollout, order, hosts);
            }
        }
        return judged;
    }

    private boolean isOver(Vigil vigil, JudgeOutcome outcome) {
        boolean isFound = outcome instanceof JudgeOutcome.Checked(var result) && vigil.isEndedBy(result);
        return isFound || !clock.instant().isBefore(vigil.until());
    }

    /** Waits until there is news, or it is time to look anyway. */
    private void rest(Vigil vigil, BooleanSupplier isCalledOff) {
        Instant look = earlier(clock.instant().plus(LOOK), vigil.until());
        boolean isNews = false;
        pause(upTo(look));
        while (!isNews && clock.instant().isBefore(look) && !isCalledOff.getAsBoolean()) {
            isNews = awaitNews(upTo(look));
        }
    }

    private boolean awaitNews(Duration atMost) {
        if (seen == null) {
            pause(atMost);
            return false;
        }
        try {
            return open.view().awaitNews(seen, atMost);
        } catch (RuntimeException e) {
            return true; // and the judgement says what happened
        }
    }

    private Duration upTo(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        return left.compareTo(PACE) < 0 ? left : PACE;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private Judged judge(CanaryRollout rollout, JudgeOrder order, Hosts.Directory hosts) {
        Instant started = clock.instant();
        seen = null;
        JudgeOutcome outcome = outcome(rollout, order, hosts);
        return new Judged(outcome, Duration.between(started, clock.instant()));
    }

    private JudgeOutcome outcome(CanaryRollout rollout, JudgeOrder order, Hosts.Directory hosts) {
        try {
            StreamView view = view(places.of(rollout, hosts));
            return switch (order) {
                case JudgeOrder.Gate gate -> gate(view, gate);
                case JudgeOrder.Position position -> position(view, position);
                case JudgeOrder.Check check -> check(view, check);
            };
        } catch (NoUrlException | TelemetryException e) {
            return new JudgeOutcome.Failed(e.getMessage());
        } catch (RuntimeException e) {
            // A judge that fails in a way nobody foresaw has not judged, and that is an outcome as well.
            LOG.error("the judge failed", e);
            return new JudgeOutcome.Failed("the judge failed: " + e);
        }
    }

    private JudgeOutcome gate(StreamView view, JudgeOrder.Gate order) {
        Snapshot snapshot = read(view, StreamId.firstAt(order.cutover()), order.maxEvents());
        Window window = snapshot.recent().window();
        GateResult result = Gate.judge(window, order.settings(), order.thresholds());
        return new JudgeOutcome.GateJudged(result, MonitorSettings.noDataTimeoutAfter(window));
    }

    private static JudgeOutcome position(StreamView view, JudgeOrder.Position order) {
        Position end = view.source().position();
        boolean acknowledged = order.digest() == null
                || AcknowledgedDigest.newest(view.source())
                        .filter(order.digest()::equals)
                        .isPresent();
        return new JudgeOutcome.PositionRead(end.lastId(), end.time(), acknowledged);
    }

    private JudgeOutcome check(StreamView view, JudgeOrder.Check order) {
        Snapshot snapshot = read(view, order.since().next(), MonitorWindow.MAX_EVENTS);
        Window window = MonitorWindow.select(snapshot.recent(), order.settings(), snapshot.time());
        return new JudgeOutcome.Checked(
                Monitor.check(window, order.settings(), order.thresholds(), snapshot.time(), order.t0()));
    }

    private Snapshot read(StreamView view, StreamId from, int maxEvents) {
        Snapshot snapshot = view.read(from, maxEvents);
        snapshot.notice().ifPresent(notices);
        seen = snapshot.lastId();
        return snapshot;
    }

    private StreamView view(StreamPlace place) {
        if (open == null || !open.place().equals(place)) {
            close();
            open = new Open(place, streams.open(place));
        }
        return open.view();
    }

    /** Lets go of the stream; another order would take hold of it again. */
    @Override
    public void close() {
        if (open != null) {
            open.view().close();
            open = null;
        }
    }
}
