package dev.qsc.operator.hosts;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import dev.qsc.operator.kube.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Keeps each EngineHost's status and metrics true: asks its agent what the host is, again and again. */
@ControllerConfiguration(
        name = "enginehost",
        fieldManager = "qsc-operator",
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 30_000)
public class EngineHostReconciler implements Reconciler<EngineHost> {
    private static final Duration POLL = Duration.ofSeconds(30);

    private final StatusWriter<EngineHost, EngineHostStatus> status = new StatusWriter<>(EngineHost::new);
    private final Agents agents;
    private final HostMetrics metrics;
    private final Clock clock;

    EngineHostReconciler(Agents agents, HostMetrics metrics, Clock clock) {
        this.agents = agents;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Hears of hosts that are no more, for which no reconcile is made. */
    private static final class Departures extends SimpleInboundEventSource<EngineHost>
            implements ResourceEventAware<EngineHost> {
        private final Runnable heard;

        Departures(Runnable heard) {
            super("departures");
            this.heard = heard;
        }

        @Override
        public void onResourceDeleted(EngineHost host) {
            heard.run();
        }
    }

    @Override
    public List<EventSource<?, EngineHost>> prepareEventSources(EventSourceContext<EngineHost> context) {
        return List.of(new Departures(() -> metrics.show(context.getPrimaryCache())));
    }

    @Override
    public UpdateControl<EngineHost> reconcile(EngineHost host, Context<EngineHost> context) {
        Answer<HostFacts> answer = agents.call(host.getSpec(), AgentClient::host);
        StatusWriter.Outcome written = status.write(context, host, HostStatuses.after(host, answer, clock.instant()));
        metrics.show(context.getPrimaryCache());
        return UpdateControl.<EngineHost>noUpdate().rescheduleAfter(written.isOutdated() ? Duration.ZERO : POLL);
    }
}
