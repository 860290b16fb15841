package dev.qsc.operator.core;

import dev.qsc.api.CanaryRolloutSpec.Acknowledge;
import dev.qsc.api.Phase;
import java.time.Instant;

/**
 * What conditions are derived from, besides the status itself.
 *
 * @param waitsForPromotion whether tools that wait for Ready wait until the promotion
 * @param isArmed whether a host says that it is armed for this rollout
 */
record Facts(
        Phase phase,
        boolean waitsForPromotion,
        boolean isPaused,
        Acknowledge acknowledge,
        boolean isArmed,
        Long generation,
        Instant now) {}
