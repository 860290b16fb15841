package dev.qsc.agent.api;

import java.time.Instant;
import java.util.List;

/**
 * {@code GET /v1/host}: what a host is.
 *
 * @param hostname its own name
 * @param agentVersion version of the agent
 * @param systemdVersion version of systemd, as {@code systemctl --version} says it
 * @param units the units that root listed, each a {@code *.service}
 * @param certificateNotAfter when the agent's certificate ends
 * @param ledgerHead hash of the ledger's last record; absent when it is empty
 * @param ledgerSeq sequence of the ledger's last record; 0 when it is empty
 * @param clock its clocks
 */
public record HostFacts(
        String hostname,
        String agentVersion,
        String systemdVersion,
        List<String> units,
        Instant certificateNotAfter,
        String ledgerHead,
        long ledgerSeq,
        HostClock clock) {
    public HostFacts {
        units = units == null ? List.of() : List.copyOf(units);
    }
}
