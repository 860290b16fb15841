package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.operator.core.JudgeOrder;
import dev.qsc.operator.core.JudgeOutcome;
import dev.qsc.operator.kube.RedisUrls;
import dev.qsc.operator.kube.RedisUrls.NoUrlException;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Monitor;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.MonitorWindow;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.EventReader;
import dev.qsc.telemetry.Position;
import dev.qsc.telemetry.RedisAddress;
import dev.qsc.telemetry.RedisStream;
import dev.qsc.telemetry.StreamFollower;
import dev.qsc.telemetry.TelemetryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out orders for one rollout, one at a time. Between orders it keeps its connection and its place in the
 * stream, so that a check reads what is new. Not thread-safe.
 */
final class RolloutJudge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutJudge.class);

    private final RedisUrls urls;
    private Open open;
    private Following following;

    private record Open(String url, String key, RedisStream stream) {}

    private record Following(RedisStream stream, StreamId since, StreamFollower follower) {}

    RolloutJudge(RedisUrls urls) {
        this.urls = urls;
    }

    /** Blocks for as long as the telemetry takes, within its own bounds. */
    JudgeOutcome carryOut(CanaryRollout rollout, JudgeOrder order) {
        try {
            RedisStream stream = stream(rollout);
            return switch (order) {
                case JudgeOrder.Gate gate -> gate(stream, gate);
                case JudgeOrder.Position position -> position(stream, position);
                case JudgeOrder.Check check -> check(stream, check);
            };
        } catch (NoUrlException | TelemetryException e) {
            return new JudgeOutcome.Failed(e.getMessage());
        }
    }

    private static JudgeOutcome gate(RedisStream stream, JudgeOrder.Gate order) {
        Window window = EventReader.newest(stream, StreamId.firstAt(order.cutover()), order.maxEvents());
        GateResult result = Gate.judge(window, order.settings(), order.thresholds());
        return new JudgeOutcome.GateJudged(result, MonitorSettings.noDataTimeoutAfter(window));
    }

    private static JudgeOutcome position(RedisStream stream, JudgeOrder.Position order) {
        Position end = stream.position();
        boolean acknowledged = order.digest() == null
                || AcknowledgedDigest.newest(stream)
                        .filter(order.digest()::equals)
                        .isPresent();
        return new JudgeOutcome.PositionRead(end.lastId(), end.time(), acknowledged);
    }

    private JudgeOutcome check(RedisStream stream, JudgeOrder.Check order) {
        StreamFollower.Update update = follower(stream, order.since()).read();
        update.notice().ifPresent(LOG::warn);
        Window window = MonitorWindow.select(update.recent(), order.settings(), update.time());
        CheckResult result = Monitor.check(window, order.settings(), order.thresholds(), update.time(), order.t0());
        return new JudgeOutcome.Checked(result);
    }

    private StreamFollower follower(RedisStream stream, StreamId since) {
        if (following == null
                || following.stream() != stream
                || !following.since().equals(since)) {
            following = new Following(stream, since, new StreamFollower(stream, since));
        }
        return following.follower();
    }

    private RedisStream stream(CanaryRollout rollout) throws NoUrlException {
        CanaryRolloutSpec.Redis redis = rollout.getSpec().telemetry().redis();
        String url = urls.read(
                rollout.getMetadata().getNamespace(),
                redis.urlSecretRef().name(),
                redis.urlSecretRef().key());
        if (open == null || !open.url().equals(url) || !open.key().equals(redis.stream())) {
            close();
            open = new Open(url, redis.stream(), RedisStream.open(RedisAddress.parse(url), redis.stream()));
        }
        return open.stream();
    }

    @Override
    public void close() {
        if (open != null) {
            open.stream().close();
            open = null;
        }
    }
}
