package dev.qsc.cli;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.StreamPosition;
import dev.qsc.agent.api.StreamSources;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Looks at one EngineHost from outside, from the cluster's view of it to each of its engines. */
final class HostExamination {
    /** The operator looks every half minute, and writes that it did every five. */
    private static final Duration UNSEEN = Duration.ofMinutes(10);

    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(10);

    private final List<Finding> findings = new ArrayList<>();
    private final Clock clock;

    private HostExamination(Clock clock) {
        this.clock = clock;
    }

    /**
     * What was found, in the order in which to mend it.
     *
     * @throws NoAnswerException when there is no such EngineHost, or the cluster cannot be asked
     */
    static List<Finding> of(Cluster cluster, String name, Clock clock) {
        HostExamination examination = new HostExamination(clock);
        EngineHost host = cluster.engineHost(name);
        examination.lookAtStatus(host);
        examination.lookAtAgent(cluster, host);
        return List.copyOf(examination.findings);
    }

    private void lookAtStatus(EngineHost host) {
        String name = "EngineHost " + host.getMetadata().getNamespace() + "/"
                + host.getMetadata().getName();
        EngineHostStatus status = host.getStatus();
        if (status == null || status.conditions() == null) {
            findings.add(Finding.fail(name + " has no status: does the operator run, and serve this namespace?"));
            return;
        }
        status.conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .forEach(ready -> lookAtReadiness(name, ready));
        lookAtEnd(
                "The agent's certificate",
                status.certificateNotAfter(),
                "qsc host enroll %s --renew".formatted(host.getMetadata().getName()));
        if (status.lastSeen() != null) {
            lookAtAnchor(status);
        }
    }

    private void lookAtReadiness(String name, Condition ready) {
        String since = " since " + ready.getLastTransitionTime();
        findings.add(
                ready.getStatus().equals("True")
                        ? Finding.ok(name + " is Ready" + since)
                        : Finding.fail(name + " is not Ready" + since + ": " + ready.getMessage()));
    }

    private void lookAtAnchor(EngineHostStatus status) {
        String anchor = "The ledger is anchored at record %d; the operator saw the host at %s"
                .formatted(Optional.ofNullable(status.ledgerSeq()).orElse(0L), status.lastSeen());
        boolean isRecent = clock.instant().isBefore(status.lastSeen().plus(UNSEEN));
        findings.add(
                isRecent ? Finding.ok(anchor) : Finding.warn(anchor + ", which is long ago: does the operator run?"));
    }

    private void lookAtEnd(String certificate, Instant end, String remedy) {
        if (end == null) {
            return;
        }
        String sentence = certificate + " is good until " + end;
        if (clock.instant().isAfter(end)) {
            findings.add(Finding.fail(certificate + " ended at " + end + ": " + remedy));
        } else if (clock.instant().isAfter(end.minus(OperatorIdentity.RENEW_BEFORE))) {
            findings.add(Finding.warn(sentence + ": renew it in time with " + remedy));
        } else {
            findings.add(Finding.ok(sentence));
        }
    }

    private void lookAtAgent(Cluster cluster, EngineHost host) {
        OperatorIdentity operator;
        try {
            operator = OperatorIdentity.of(cluster);
        } catch (NoAnswerException e) {
            findings.add(Finding.warn("The agent was not asked: " + e.getMessage()));
            return;
        }
        lookAtEnd(
                "The operator's certificate",
                operator.credentials().notAfter(),
                "qsc host enroll, of any host, if qsc made it");
        try (AgentClient agent = operator.agent(host.getSpec())) {
            ask(agent.host(), "The agent does not answer").ifPresent(facts -> {
                lookAtHost(facts);
                lookAtLedger(host, facts);
                facts.units()
                        .forEach(unit ->
                                ask(agent.unit(unit), unit + " cannot be seen").ifPresent(this::lookAtUnit));
                lookAtTelemetry(agent);
            });
        } catch (NoAnswerException e) {
            findings.add(Finding.fail(e.getMessage()));
        }
    }

    private void lookAtHost(HostFacts facts) {
        findings.add(Finding.ok("The agent answers this machine: %s, qsc-agent %s, systemd %s"
                .formatted(facts.hostname(), facts.agentVersion(), facts.systemdVersion())));
        lookAtClock(facts.clock());
        if (facts.units().isEmpty()) {
            findings.add(Finding.fail("No engine may be touched: on the host, qsc-enroll UNIT BASELINE"));
        }
    }

    /** Only what is plain from the two ends; all records are for {@code qsc audit verify}. */
    private void lookAtLedger(EngineHost host, HostFacts facts) {
        EngineHostStatus status = host.getStatus();
        if (status == null || status.ledgerSeq() == null) {
            return;
        }
        boolean isOther =
                facts.ledgerSeq() == status.ledgerSeq() && !Objects.equals(facts.ledgerHead(), status.ledgerHead());
        if (facts.ledgerSeq() < status.ledgerSeq() || isOther) {
            findings.add(Finding.fail("The host's ledger does not hold its anchor: qsc audit verify --host "
                    + host.getMetadata().getName()));
        }
    }

    private void lookAtClock(HostClock there) {
        Duration difference = Duration.between(clock.instant(), there.wall()).abs();
        String sentence =
                "The host's clock differs from this one by less than %d s".formatted(difference.toSeconds() + 1);
        findings.add(
                difference.compareTo(CLOCK_DIFFERENCE) < 0
                        ? Finding.ok(sentence)
                        : Finding.warn("The host's clock differs from this one by %d s: let both follow NTP"
                                .formatted(difference.toSeconds())));
    }

    private void lookAtUnit(UnitState unit) {
        UnitState.Engine engine = unit.engine();
        String sentence = "%s is %s (%s), canary state %s"
                .formatted(unit.unit(), engine.activeState(), engine.subState(), unit.state());
        String why = unit.message().isEmpty() ? "" : ": " + unit.message();
        if (!engine.activeState().equals("active")) {
            findings.add(Finding.fail(sentence + "; start it: systemctl status " + unit.unit()));
        } else if (unit.baseline() == null) {
            findings.add(Finding.fail(
                    sentence + ", without a baseline: on the host, qsc-enroll " + unit.unit() + " BASELINE"));
        } else if (unit.state() == CanaryState.Unverifiable) {
            findings.add(Finding.fail(sentence + why));
        } else if (unit.state() == CanaryState.Failed) {
            findings.add(Finding.warn(sentence + why));
        } else {
            findings.add(Finding.ok(sentence));
        }
    }

    private void lookAtTelemetry(AgentClient agent) {
        Optional<StreamSources> listed = ask(agent.sources(), "The agent's streams cannot be listed");
        for (String source : listed.map(StreamSources::sources).orElse(List.of())) {
            Optional<StreamPosition> end = ask(agent.position(source), "Stream " + source + " cannot be read");
            end.ifPresent(
                    position -> findings.add(Finding.ok("Stream %s can be read through the host; its last entry is %s"
                            .formatted(source, position.lastId()))));
        }
    }

    /** The value of an answer, or a finding that says why there is none. */
    private <T> Optional<T> ask(Answer<T> answer, String otherwise) {
        Answers.failure(answer).ifPresent(reason -> findings.add(Finding.fail(otherwise + ": " + reason)));
        return answer instanceof Answer.Done<T>(T value) ? Optional.of(value) : Optional.empty();
    }
}
