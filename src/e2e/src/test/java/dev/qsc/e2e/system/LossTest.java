package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Site;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@InLab
@DisplayName("While a canary is watched,")
class LossTest {

    /** What the host may take from the end of a lease to its baseline. */
    private static final Duration WAY_HOME = Duration.ofSeconds(3);

    private Lab lab;
    private Site site;
    private Rollout rollout;

    @BeforeEach
    void prepare(Lab lab) {
        this.lab = lab;
        site = lab.site();
        rollout = Rollout.on(lab.cluster(), site).lasting(Duration.ofSeconds(20));
    }

    private void watchCanary() {
        rollout.apply().awaitJudged(2);
        assertThat(site.runsCanary()).isTrue();
    }

    @AfterEach
    void restore() {
        site.host()
                .shell("systemctl unmask --runtime qsc-agent; systemctl start qsc-agent")
                .orThrow();
        site.agent().awaitAnswer();
        if (!lab.operator().isAlive()) {
            lab.startOperator();
        }
        rollout.remove();
    }

    @Test
    @DisplayName("an operator that is killed and started again goes on, and the engine is not restarted")
    void operatorRestarts() {
        // The next check is due in the next slot, at any time of it: a restart may take a slot's length and more.
        rollout.lasting(Duration.ofSeconds(40)).with("monitor.interval", "20s").with("rollback.leaseDuration", "60s");
        rollout.apply().await(Phase.Monitoring).awaitJudged(1);
        var start = site.invocationId();
        var activations = activations();
        var judged = rollout.status().canary().slots().judged();

        lab.operator().kill();
        lab.startOperator();

        rollout.await(Phase.AwaitingPromotion);
        assertThat(rollout.status().canary().slots().judged()).isGreaterThan(judged);
        assertThat(site.invocationId()).isEqualTo(start);
        assertThat(activations()).isEqualTo(activations);
    }

    private long activations() {
        return site.ledger().stream()
                .filter(record -> record.get("action").asText().equals("canary_activated"))
                .count();
    }

    @Test
    @DisplayName("the host goes home alone when the operator dies, within the lease and 3 s")
    void operatorDies() {
        watchCanary();
        lab.operator().kill();

        awaitHome(Rollout.LEASE.plus(WAY_HOME));
        await().until(() -> site.ledger().getLast().get("trigger").asText().equals("lease_lapsed"));

        lab.startOperator();
        rollout.await(Phase.RolledBack);
    }

    @Test
    @DisplayName("the host goes home alone when operator and agent die, within the lease and 3 s")
    void agentDiesToo() {
        watchCanary();
        lab.operator().kill();
        site.host()
                .shell("systemctl mask --runtime qsc-agent; systemctl kill --signal=KILL qsc-agent")
                .orThrow();

        awaitHome(Rollout.LEASE.plus(WAY_HOME));
        await().until(() -> site.ledger().getLast().get("trigger").asText().equals("lease_lapsed"));
    }

    @Test
    @DisplayName("the rollout is rolled back when the host is not heard of, and the host is home by then")
    void partition() {
        watchCanary();
        site.host().partition();
        try {
            awaitHome(Rollout.LEASE.plus(WAY_HOME));
            rollout.await(Phase.RollingBack);
        } finally {
            site.host().heal();
        }
        rollout.await(Phase.RolledBack);
    }

    @Test
    @DisplayName("a power cut ends the canary: the host boots on its baseline")
    void powerCut() {
        watchCanary();
        lab.operator().kill();

        site.host().powerCut();
        site.host().boot();

        awaitHome(WAY_HOME);
        lab.startOperator();
        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
    }

    private void awaitHome(Duration atMost) {
        // A look at the host takes up to a second on a busy machine.
        await().atMost(atMost.plusSeconds(1))
                .pollInterval(Duration.ofMillis(100))
                .until(site::isOnBaseline);
    }
}
