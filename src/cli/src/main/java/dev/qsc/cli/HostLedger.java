package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.LedgerPage;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import java.util.Optional;

/** The ledger of an EngineHost: what the cluster remembers of it, and what the agent hands on. */
final class HostLedger {
    private static final int PAGE = 1_000;

    private HostLedger() {}

    /**
     * What the cluster remembers.
     *
     * @throws NoAnswerException when it does not remember anything yet
     */
    static Anchor anchor(EngineHost host) {
        EngineHostStatus status = Optional.ofNullable(host.getStatus())
                .filter(seen -> seen.ledgerSeq() != null)
                .orElseThrow(() ->
                        new NoAnswerException("EngineHost %s has no anchor: the operator has not seen its ledger yet"
                                .formatted(host.getMetadata().getName())));
        return status.ledgerHead() == null ? Anchor.BEGINNING : new Anchor(status.ledgerSeq(), status.ledgerHead());
    }

    /**
     * Follows all records that the agent hands on, page by page. It passes over lines that are no records, so that a
     * record that was made unreadable is a missing one.
     *
     * @throws NoAnswerException when it does not answer, or serves no unit
     */
    static void follow(AgentClient agent, String name, LedgerChain chain) {
        String unit = Answers.value(agent.host()).units().stream()
                .findFirst()
                .orElseThrow(
                        () -> new NoAnswerException(
                                "The agent hands on the ledger with a unit, and lists none: check the files on the host itself"));
        long last = 0;
        for (boolean more = true; more; ) {
            LedgerPage page = Answers.value(agent.ledger(unit, last, PAGE));
            for (String record : page.records()) {
                last = LedgerChain.sequence(record.getBytes(UTF_8)).orElse(last);
                chain.follow(name, (record + "\n").getBytes(UTF_8));
            }
            more = page.more() && !page.records().isEmpty();
        }
    }
}
