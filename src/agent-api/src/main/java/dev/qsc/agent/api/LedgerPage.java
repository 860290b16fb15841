package dev.qsc.agent.api;

import java.util.List;

/**
 * {@code GET /v1/units/{unit}/ledger}: records of the host's ledger, which all units share: its chain holds only as a
 * whole.
 *
 * @param records oldest first, each the line of the file as it is, so that its hash can be checked
 * @param more whether the ledger has records after these
 */
public record LedgerPage(List<String> records, boolean more) {
    public LedgerPage {
        records = records == null ? List.of() : List.copyOf(records);
    }
}
