package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Site;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@InLab
@DisplayName("A canary")
class FlowTest {

    private Site site;
    private Rollout rollout;

    @BeforeEach
    void prepare(Lab lab) {
        site = lab.site();
        rollout = Rollout.on(lab.cluster(), site);
    }

    @AfterEach
    void remove() {
        site.engine().behave("*", "healthy");
        rollout.remove();
    }

    @Test
    @DisplayName("that collapses is rolled back, on every process of the engine")
    void collapse() {
        rollout.apply().await(Phase.Monitoring);
        assertThat(site.runsCanary()).isTrue();
        rollout.awaitJudged(1);

        site.engine().behave(Rollout.MODEL, "collapse");

        rollout.await(Phase.RolledBack);
        assertThat(site.isOnBaseline()).isTrue();
    }
}
