package dev.qsc.operator.hosts;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import dev.qsc.operator.kube.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Keeps each EngineHost's status true: asks its agent what the host is, again and again. */
@ControllerConfiguration(
        name = "enginehost",
        fieldManager = "qsc-operator",
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 30_000)
public class EngineHostReconciler implements Reconciler<EngineHost> {
    private static final Duration POLL = Duration.ofSeconds(30);

    private final StatusWriter<EngineHost, EngineHostStatus> status = new StatusWriter<>(EngineHost::new);
    private final Agents agents;
    private final Clock clock;

    EngineHostReconciler(Agents agents, Clock clock) {
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public UpdateControl<EngineHost> reconcile(EngineHost host, Context<EngineHost> context) {
        Answer<HostFacts> answer = agents.call(host.getSpec(), AgentClient::host);
        StatusWriter.Outcome written = status.write(context, host, HostStatuses.after(host, answer, clock.instant()));
        return UpdateControl.<EngineHost>noUpdate().rescheduleAfter(written.isOutdated() ? Duration.ZERO : POLL);
    }
}
