package dev.qsc.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.Pki;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsControlPlane
@DisplayName("An operator")
class LeadershipTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    @Test
    @DisplayName("ends with one sentence where the CRDs are missing")
    void withoutCrds() {
        try (var cluster = Cluster.startWithoutCrds(directory, Pki.in(directory.resolve("pki")));
                var operator = cluster.startOperator("operator")) {
            assertThat(operator.awaitExit(SOON)).isNotZero();
            assertThat(operator.log())
                    .contains("does not know canaryrollouts.qsc.dev and enginehosts.qsc.dev: apply the CRDs first")
                    .doesNotContain("Exception");
        }
    }

    @Test
    @DisplayName("that loses its lease ends at once, and a standby takes over from one that was killed")
    void lostLease() {
        try (var cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
                var first = cluster.startOperator("first").awaitLeading();
                var second = cluster.startOperator("second").awaitReady()) {
            first.kill();
            second.awaitLeading();

            steal(cluster);

            assertThat(second.awaitExit(SOON)).isEqualTo(1);
            assertThat(second.log()).contains("the leader lease is lost: this process ends at once");
        }
    }

    private static void steal(Cluster cluster) {
        cluster.client()
                .leases()
                .inNamespace(Cluster.SYSTEM)
                .withName("qsc-operator")
                .edit(lease -> lease.edit()
                        .editSpec()
                        .withHolderIdentity("thief")
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1))
                        .endSpec()
                        .build());
    }

    @Test
    @DisplayName("that no longer reaches the API server ends before its lease does")
    void unreachableApiServer() {
        try (var cluster = Cluster.start(directory, Pki.in(directory.resolve("pki")));
                var operator = cluster.startOperator("operator").awaitLeading()) {
            cluster.controlPlane().close();

            assertThat(operator.awaitExit(SOON)).isEqualTo(1);
        }
    }
}
