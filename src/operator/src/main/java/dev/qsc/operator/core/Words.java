package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.UnitState;
import dev.qsc.quality.Violation;
import java.util.List;
import java.util.stream.Collectors;

/** Hosts and violations in sentences for people. */
final class Words {
    private Words() {}

    /** Why a host was not seen; empty when it was. */
    static String whyUnseen(HostObservation host) {
        return switch (host.unit()) {
            case Answer.Done<UnitState> done -> "";
            case Answer.Refused<UnitState>(Problem problem) -> problem.detail();
            case Answer.Unreachable<UnitState>(String reason) -> reason;
            case Answer.NotTrusted<UnitState>(String reason) -> reason;
            case Answer.Ambiguous<UnitState>(String reason) -> reason;
        };
    }

    /** Where each host stands. */
    static String describe(List<HostObservation> hosts) {
        return hosts.stream().map(Words::describe).collect(Collectors.joining(", "));
    }

    private static String describe(HostObservation host) {
        if (!(host.unit() instanceof Answer.Done<UnitState>(UnitState unit))) {
            return host.name() + " is not seen (" + whyUnseen(host) + ")";
        }
        String why = unit.message() == null || unit.message().isEmpty() ? "" : " (" + unit.message() + ")";
        return host.name() + " is " + unit.state() + why;
    }

    /** Every violation with its model, figure and threshold. */
    static String sentences(List<Violation> violations) {
        return violations.stream()
                .map(v -> v.model().map(model -> model + ": ").orElse("") + v.message())
                .collect(Collectors.joining("; "));
    }
}
