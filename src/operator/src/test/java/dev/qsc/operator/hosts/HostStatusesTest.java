package dev.qsc.operator.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.Problem;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The status of a host")
class HostStatusesTest {
    private static final Instant NOON = Instant.parse("2026-01-10T12:00:00Z");
    private static final Answer<HostFacts> GONE = new Answer.Unreachable<>("nothing accepts connections");

    @Test
    @DisplayName("does not change while the agent says the same, but for a heartbeat each five minutes")
    void heartbeat() {
        var first = after(null, answers(1), NOON);

        assertThat(after(first, answers(1), NOON.plusSeconds(30))).isEqualTo(first);
        assertThat(after(first, answers(1), NOON.plus(Duration.ofMinutes(5))).lastSeen())
                .isEqualTo(NOON.plus(Duration.ofMinutes(5)));
    }

    @Test
    @DisplayName("follows the head of the ledger at once")
    void ledger() {
        var first = after(null, answers(1), NOON);

        assertThat(after(first, answers(2), NOON.plusSeconds(30)))
                .returns(2L, EngineHostStatus::ledgerSeq)
                .returns("hash-2", EngineHostStatus::ledgerHead);
    }

    @Test
    @DisplayName("never forgets the head of a ledger that became shorter")
    void shorterLedger() {
        var first = after(null, answers(2), NOON);

        assertThat(after(first, answers(1), NOON.plusSeconds(30)))
                .returns(2L, EngineHostStatus::ledgerSeq)
                .returns("hash-2", EngineHostStatus::ledgerHead);
    }

    @Test
    @DisplayName("keeps what was known of a host that cannot be seen, and since when it cannot")
    void gone() {
        var seen = after(null, answers(1), NOON);
        var gone = after(seen, GONE, NOON.plusSeconds(30));
        var stillGone = after(gone, GONE, NOON.plusSeconds(60));

        assertThat(ready(gone))
                .returns("False", Condition::getStatus)
                .returns("Unreachable", Condition::getReason)
                .returns("nothing accepts connections", Condition::getMessage)
                .returns("2026-01-10T12:00:30Z", Condition::getLastTransitionTime);
        assertThat(gone.lastSeen()).isEqualTo(NOON);
        assertThat(gone.ledgerHead()).isEqualTo("hash-1");
        assertThat(stillGone).isEqualTo(gone);
    }

    @Test
    @DisplayName("repeats the agent's own words when it refuses")
    void refused() {
        var refused = after(
                null, new Answer.Refused<>(Problem.Kind.NOT_AUTHORISED.detail("add the name to agent.yaml")), NOON);

        assertThat(ready(refused))
                .returns("Refused", Condition::getReason)
                .returns("add the name to agent.yaml", Condition::getMessage);
    }

    private static Answer<HostFacts> answers(int ledgerSeq) {
        return new Answer.Done<>(new HostFacts(
                "engine-1",
                "0.1.0",
                "252",
                List.of("engine.service"),
                NOON.plus(Duration.ofDays(30)),
                "hash-" + ledgerSeq,
                ledgerSeq,
                new HostClock(1, NOON)));
    }

    private static EngineHostStatus after(EngineHostStatus before, Answer<HostFacts> answer, Instant now) {
        var host = new EngineHost();
        host.setMetadata(
                new ObjectMetaBuilder().withName("engine-1").withGeneration(1L).build());
        host.setStatus(before);
        return HostStatuses.after(host, answer, now);
    }

    private static Condition ready(EngineHostStatus status) {
        return status.conditions().getFirst();
    }
}
