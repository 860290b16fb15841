package dev.qsc.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Site;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@InLab
@DisplayName("Without evidence the engine is not touched, and the rollout says what to do:")
class NoEvidenceTest {

    private static final String COPY = """
            local events = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])
            for i = #events, 1, -1 do redis.call('XADD', KEYS[2], '*', unpack(events[i][2])) end
            """;

    private Lab lab;
    private Site site;
    private String start;
    private Rollout rollout;

    @BeforeEach
    void prepare(Lab lab) {
        this.lab = lab;
        site = lab.site();
        start = site.invocationId();
        rollout = Rollout.on(lab.cluster(), site);
    }

    @AfterEach
    void isUntouched() {
        rollout.remove();
        assertThat(site.invocationId()).isEqualTo(start);
        assertThat(site.isOnBaseline()).isTrue();
    }

    @Test
    @DisplayName("199 events are waited with, the 200th opens the gate")
    void tooFewEvents() {
        copyEvents(199);
        rollout.with("telemetry.redis.stream", "copy").with("dryRun", true).with("gate.minEvents", 200);
        rollout.apply().awaitMessage("199");
        assertThat(rollout.status().phase()).isEqualTo(Phase.Gating);
        assertThat(rollout.condition("Ready").getReason()).isEqualTo("InsufficientEvidence");

        copyEvents(1);

        rollout.await(Phase.DryRunPassed);
        assertThat(rollout.status().gate().events()).isEqualTo(200);
    }

    /** Adds the newest events of the engine to a stream of their own, with the time of now. */
    private void copyEvents(int count) {
        try (var redis = new Jedis(URI.create(site.redis().url()))) {
            redis.eval(COPY, List.of(ExampleEngine.STREAM, "copy"), List.of(Integer.toString(count)));
        }
    }

    @Test
    @DisplayName("Redis is down")
    void redisDown() {
        site.redis().stop();
        try {
            rollout.apply().awaitMessage("Redis");
            assertThat(rollout.condition("Ready").getReason()).isEqualTo("TelemetryUnavailable");
        } finally {
            site.redis().resume();
        }
    }

    @Test
    @DisplayName("there is no such stream")
    void noSuchStream() {
        rollout.with("telemetry.redis.stream", "no:such:stream").apply().awaitMessage("no:such:stream");
    }

    @Test
    @DisplayName("the agent does not answer")
    void agentUnreachable() {
        site.host().exec("systemctl", "stop", "qsc-agent.socket").orThrow();
        try {
            rollout.apply().awaitMessage("is qsc-agent.socket active there?");
            assertThat(rollout.condition("Ready").getReason()).isEqualTo("HostNotReady");
        } finally {
            site.host().exec("systemctl", "start", "qsc-agent.socket").orThrow();
            site.agent().awaitAnswer();
        }
    }

    @Test
    @DisplayName("a stranger answers in the agent's place")
    void strangeAgent() {
        site.agent().present(lab.pki().stranger());
        try {
            rollout.apply().awaitMessage("not trusted");
        } finally {
            site.agent().present(lab.pki().agent(site.host()));
            site.agent().awaitAnswer();
        }
    }

    @Test
    @DisplayName("the operator is a stranger to the agent")
    void strangeOperator() {
        lab.operator().close();
        lab.startOperator(lab.pki().stranger());
        try {
            rollout.apply().awaitMessage("certificate");
        } finally {
            lab.operator().close();
            lab.startOperator();
        }
    }
}
