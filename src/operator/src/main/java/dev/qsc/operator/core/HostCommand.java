package dev.qsc.operator.core;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;

/** Something to say to one host. */
public sealed interface HostCommand {
    /** Name of the EngineHost. */
    String host();

    /** Put the canary there; sent only when its operation is in the persisted status. */
    record Put(String host, CanaryRequest request) implements HostCommand {}

    /** Renew the canary's lease. */
    record Renew(String host, LeaseRenewal request) implements HostCommand {}

    /** Go home; waits for nothing. */
    record RollBack(String host, RollbackRequest request) implements HostCommand {}

    /** Make the canary's weights the baseline; sent only when its operation is in the persisted status. */
    record Promote(String host, PromoteRequest request) implements HostCommand {}

    /** Forget the old baseline: every host is promoted. */
    record Confirm(String host, ConfirmRequest request) implements HostCommand {}

    /** Write in the ledger that the watch ended well. */
    record Conclude(String host, MonitoringCompleted request) implements HostCommand {}
}
