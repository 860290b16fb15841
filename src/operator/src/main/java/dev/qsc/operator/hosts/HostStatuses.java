package dev.qsc.operator.hosts;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.Problem;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What an agent's answer makes of an EngineHost's status. */
final class HostStatuses {
    /** How stale {@code lastSeen} may be while the agent answers: a write each half minute would help nobody. */
    private static final Duration HEARTBEAT = Duration.ofMinutes(5);

    private static final EngineHostStatus NOTHING_KNOWN =
            new EngineHostStatus(null, null, null, null, null, null, null, null, null, null);

    private HostStatuses() {}

    /** The reasons of the condition {@code Ready}. */
    enum Reason {
        /** The agent answers. */
        AgentAnswers,
        /** No connection, or no answer in time. */
        Unreachable,
        /** TLS failed: one side does not trust the other's certificate, or its name. */
        NotTrusted,
        /** The agent answered with a problem. */
        Refused
    }

    private record Verdict(Reason reason, String message) {}

    /** The status after an answer; what was known of the host stays known while it cannot be seen. */
    static EngineHostStatus after(EngineHost host, Answer<HostFacts> answer, Instant now) {
        EngineHostStatus before = Optional.ofNullable(host.getStatus()).orElse(NOTHING_KNOWN);
        Long generation = host.getMetadata().getGeneration();
        List<Condition> conditions = List.of(ready(before, generation, verdict(answer), now));
        return answer instanceof Answer.Done<HostFacts>(HostFacts facts)
                ? new EngineHostStatus(
                        generation,
                        conditions,
                        facts.hostname(),
                        facts.agentVersion(),
                        facts.systemdVersion(),
                        facts.units(),
                        lastSeen(before, now),
                        facts.certificateNotAfter(),
                        isLonger(before, facts) ? facts.ledgerHead() : before.ledgerHead(),
                        isLonger(before, facts) ? Long.valueOf(facts.ledgerSeq()) : before.ledgerSeq())
                : new EngineHostStatus(
                        generation,
                        conditions,
                        before.hostname(),
                        before.agentVersion(),
                        before.systemdVersion(),
                        before.units(),
                        before.lastSeen(),
                        before.certificateNotAfter(),
                        before.ledgerHead(),
                        before.ledgerSeq());
    }

    /** What is remembered of a ledger never goes back: one that is shorter than it was has lost records. */
    private static boolean isLonger(EngineHostStatus before, HostFacts facts) {
        return before.ledgerSeq() == null || facts.ledgerSeq() > before.ledgerSeq();
    }

    private static Verdict verdict(Answer<HostFacts> answer) {
        return switch (answer) {
            case Answer.Done<HostFacts>(HostFacts facts) ->
                new Verdict(Reason.AgentAnswers, "the agent answers; it may touch " + units(facts));
            case Answer.Refused<HostFacts>(Problem problem) -> new Verdict(Reason.Refused, problem.detail());
            case Answer.NotTrusted<HostFacts>(String reason) -> new Verdict(Reason.NotTrusted, reason);
            case Answer.Unreachable<HostFacts>(String reason) -> new Verdict(Reason.Unreachable, reason);
            case Answer.Ambiguous<HostFacts>(String reason) -> new Verdict(Reason.Unreachable, reason);
        };
    }

    private static String units(HostFacts facts) {
        return facts.units().isEmpty()
                ? "no unit yet: enrol one on the host with qsc-enroll"
                : String.join(", ", facts.units());
    }

    private static Condition ready(EngineHostStatus before, Long generation, Verdict verdict, Instant now) {
        String status = verdict.reason() == Reason.AgentAnswers ? "True" : "False";
        String since = Optional.ofNullable(before.conditions()).stream()
                .flatMap(List::stream)
                .filter(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType("Ready")
                .withStatus(status)
                .withReason(verdict.reason().name())
                .withMessage(verdict.message())
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }

    private static Instant lastSeen(EngineHostStatus before, Instant now) {
        boolean isRecent =
                before.lastSeen() != null && now.isBefore(before.lastSeen().plus(HEARTBEAT));
        return isRecent ? before.lastSeen() : now.truncatedTo(ChronoUnit.SECONDS);
    }
}
