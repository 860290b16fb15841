package dev.qsc.e2e.operator;

import static org.awaitility.Awaitility.await;

import dev.qsc.api.CanaryRollout;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.Pki;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsControlPlane
@DisplayName("An operator whose writes are slow")
class SlowWritesTest {
    private static final Duration LONG_ENOUGH_FOR_AN_EDIT = Duration.ofMillis(500);
    /** Far less than the 30 seconds after which it would look again by itself. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    @Test
    @DisplayName("sees each edit that lands between its look at a rollout and its write of the status")
    void editsWhileWriting() {
        try (var cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
                var network = SlowNetwork.start(directory, cluster.operatorKubeconfig(), LONG_ENOUGH_FOR_AN_EDIT);
                var operator = cluster.startOperator("operator", network.kubeconfig())) {
            operator.awaitLeading();
            Apply.rollout(cluster, "edited", "no-such-host");
            await().atMost(AT_ONCE)
                    .until(() -> isObserved(cluster.rollout("edited").get()));

            // Neither of the two edits begins a new attempt, which would look again by itself.
            for (var value : List.of("true", "false", "true")) {
                var held = network.held();
                edit(cluster, "{\"spec\":{\"paused\":%s}}".formatted(value));
                await().atMost(AT_ONCE).pollInterval(Duration.ofMillis(10)).until(() -> network.held() > held);

                edit(
                        cluster,
                        "{\"spec\":{\"readyWhen\":\"%s\"}}"
                                .formatted(value.equals("true") ? "Promoted" : "Monitoring"));

                await("paused: " + value)
                        .atMost(AT_ONCE)
                        .until(() -> isObserved(cluster.rollout("edited").get()));
            }
        }
    }

    private static void edit(Cluster cluster, String patch) {
        cluster.rollout("edited").patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private static boolean isObserved(CanaryRollout rollout) {
        return rollout.getStatus() != null
                && rollout.getMetadata()
                        .getGeneration()
                        .equals(rollout.getStatus().observedGeneration());
    }
}
