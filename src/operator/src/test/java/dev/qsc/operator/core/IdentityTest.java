package dev.qsc.operator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.CanaryRolloutSpec.Redis;
import dev.qsc.api.CanaryRolloutSpec.Telemetry;
import dev.qsc.api.CanaryRolloutSpec.UrlSecretRef;
import dev.qsc.api.CanaryRolloutSpec.ViaHost;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An attempt is another one")
class IdentityTest {
    @Test
    @DisplayName("when its events come from elsewhere: another Redis, another host, another stream of it")
    void telemetry() {
        assertThat(Stream.of(
                                redis("redis", "events"),
                                redis("other", "events"),
                                redis("redis", "others"),
                                viaHost(null, "trading"),
                                viaHost("host-b", "trading"),
                                viaHost("host-b", "other"))
                        .map(IdentityTest::hash))
                .doesNotHaveDuplicates();
    }

    private static Telemetry redis(String secret, String stream) {
        return new Telemetry(new Redis(new UrlSecretRef(secret, "url"), stream), null);
    }

    private static Telemetry viaHost(String host, String source) {
        return new Telemetry(null, new ViaHost(host, source));
    }

    private static String hash(Telemetry telemetry) {
        CanaryRolloutSpec s = Scene.spec();
        return Identity.specHash(
                new CanaryRolloutSpec(
                        s.model(),
                        s.engine(),
                        s.baseline(),
                        s.steps(),
                        s.cutover(),
                        telemetry,
                        s.gate(),
                        s.monitor(),
                        s.thresholds(),
                        s.rollback(),
                        s.promotion(),
                        s.readyWhen(),
                        s.dryRun(),
                        s.paused()),
                s.thresholds());
    }
}
