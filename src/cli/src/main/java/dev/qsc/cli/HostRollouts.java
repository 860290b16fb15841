package dev.qsc.cli;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The rollouts of which a host may have a canary. */
final class HostRollouts {
    /** Phases in which an engine may be away from its baseline, or its way back is not confirmed. */
    private static final Set<Phase> AWAY =
            EnumSet.of(Phase.Activating, Phase.Monitoring, Phase.AwaitingPromotion, Phase.Promoting, Phase.RollingBack);

    private HostRollouts() {}

    /**
     * Refuses while a host is not proved to be home.
     *
     * @throws NoAnswerException that names the rollout
     */
    static void checkHome(Cluster cluster, String host) {
        for (CanaryRollout rollout : cluster.rollouts()) {
            Optional<Phase> phase = Optional.ofNullable(rollout.getStatus()).map(CanaryRolloutStatus::phase);
            if (phase.filter(AWAY::contains).isPresent() && names(rollout).anyMatch(host::equals)) {
                throw new NoAnswerException(
                        "CanaryRollout %s, in phase %s, has or may have a canary on %s: roll it back first (annotation qsc.dev/rollback), or give --force"
                                .formatted(rollout.getMetadata().getName(), phase.get(), host));
            }
        }
    }

    private static Stream<String> names(CanaryRollout rollout) {
        return Stream.concat(
                rollout.getSpec().engine().hosts().stream(),
                Optional.ofNullable(rollout.getStatus().hosts()).orElse(List.of()).stream()
                        .map(CanaryRolloutStatus.Host::name));
    }
}
