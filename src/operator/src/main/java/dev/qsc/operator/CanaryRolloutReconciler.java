package dev.qsc.operator;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.EngineHost;
import dev.qsc.operator.core.Decision;
import dev.qsc.operator.core.HostCommand;
import dev.qsc.operator.core.HostObservation;
import dev.qsc.operator.core.Memory;
import dev.qsc.operator.core.Observation;
import dev.qsc.operator.core.RolloutMachine;
import dev.qsc.operator.hosts.Hosts;
import dev.qsc.operator.kube.EventRecorder;
import dev.qsc.operator.kube.RolloutChanges;
import dev.qsc.operator.kube.StatusWriter;
import dev.qsc.operator.kube.StatusWriter.Outcome;
import dev.qsc.operator.telemetry.BackgroundJudge;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs one rollout, a step at a time:
 *
 * <ol>
 *   <li>observe: the rollout as the API server has it, its hosts as their agents report them, what the judge found;
 *   <li>decide: {@link RolloutMachine}, which is pure;
 *   <li>persist the intent, if the decision has one, and do nothing at all when the rollout has changed meanwhile;
 *   <li>act: at most one command per host. A rollback is no intent: it waits for no API server;
 *   <li>persist the result, order the next judgement, tell people, and come back in time.
 * </ol>
 *
 * <p>Trouble that is to be expected (a host is down, Redis is away, events are too few) is an observation, never an
 * exception.
 */
@ControllerConfiguration(
        name = "canaryrollout",
        finalizerName = CanaryRolloutReconciler.FINALIZER,
        fieldManager = "qsc-operator",
        generationAwareEventProcessing = false,
        informer = @Informer(onUpdateFilter = RolloutChanges.class),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 30, timeUnit = TimeUnit.SECONDS))
@GradualRetry(maxAttempts = -1, initialInterval = 500, maxInterval = 10_000)
@RateLimited(maxReconciliations = 10, within = 1, unit = TimeUnit.SECONDS)
public class CanaryRolloutReconciler implements Reconciler<CanaryRollout>, Cleaner<CanaryRollout> {
    /** Stays until every host is home. */
    static final String FINALIZER = "qsc.dev/home";

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration AFTER_COMMAND = Duration.ofMillis(200);
    private static final Duration AFTER_FAILED_WRITE = Duration.ofSeconds(1);

    private final StatusWriter<CanaryRollout, CanaryRolloutStatus> status = new StatusWriter<>(CanaryRollout::new);
    private final SimpleInboundEventSource<CanaryRollout> wakeUps = new SimpleInboundEventSource<>("wake-ups");
    private final Map<String, Recalled> recalled = new ConcurrentHashMap<>();
    private final Hosts hosts;
    private final BackgroundJudge judge;
    private final EventRecorder events;
    private final Leadership leadership;
    private final Clock clock;
    private InformerEventSource<EngineHost, CanaryRollout> directory;

    /** What this process knows of a rollout beyond the API server; a restart forgets it without harm. */
    private static final class Recalled {
        Memory memory;
        final Map<String, HostObservation.Sent> sent = new HashMap<>();
    }

    /** The end of one step. */
    private record Turn(boolean release, Duration next) {}

    CanaryRolloutReconciler(
            Hosts hosts, BackgroundJudge judge, EventRecorder events, Leadership leadership, Clock clock) {
        this.hosts = hosts;
        this.judge = judge;
        this.events = events;
        this.leadership = leadership;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, CanaryRollout>> prepareEventSources(EventSourceContext<CanaryRollout> context) {
        directory = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(EngineHost.class, CanaryRollout.class)
                        .withName("engine-hosts")
                        .withOnUpdateFilter((after, before) -> !after.getSpec().equals(before.getSpec()))
                        .withSecondaryToPrimaryMapper(host -> rolloutsOf(host, context))
                        .build(),
                context);
        return List.of(wakeUps, directory);
    }

    private static Set<ResourceID> rolloutsOf(EngineHost host, EventSourceContext<CanaryRollout> context) {
        return context.getPrimaryCache()
                .list(
                        host.getMetadata().getNamespace(),
                        rollout -> rollout.getSpec()
                                .engine()
                                .hosts()
                                .contains(host.getMetadata().getName()))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    @Override
    public UpdateControl<CanaryRollout> reconcile(CanaryRollout rollout, Context<CanaryRollout> context) {
        return UpdateControl.<CanaryRollout>noUpdate()
                .rescheduleAfter(turn(rollout, context).next());
    }

    @Override
    public DeleteControl cleanup(CanaryRollout rollout, Context<CanaryRollout> context) {
        Turn turn = turn(rollout, context);
        if (!turn.release()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(turn.next());
        }
        recalled.remove(uid(rollout));
        judge.forget(uid(rollout));
        return DeleteControl.defaultDelete();
    }

    private Turn turn(CanaryRollout rollout, Context<CanaryRollout> context) {
        Recalled own = recalled.computeIfAbsent(uid(rollout), _ -> new Recalled());
        Decision decision = RolloutMachine.decide(observe(rollout, own));
        own.memory = decision.memory();
        if (decision.intent()) {
            Outcome intent = status.writeLocked(context, rollout, decision.status());
            if (!intent.stands()) {
                return new Turn(false, intent.isOutdated() ? AT_ONCE : AFTER_FAILED_WRITE);
            }
        }
        send(rollout, decision.commands(), own);
        Outcome result = decision.intent() ? Outcome.WRITTEN : status.write(context, rollout, decision.status());
        if (decision.judge() != null) {
            judge.submit(
                    rollout,
                    decision.judge(),
                    directoryOf(rollout),
                    () -> wakeUps.propagateEvent(ResourceID.fromResource(rollout)));
        } else if (!decision.isJudging()) {
            judge.forget(uid(rollout));
        }
        if (result.stands()) {
            decision.notices()
                    .forEach(notice ->
                            events.record(rollout, notice.reason().name(), notice.message(), notice.warning()));
        }
        return new Turn(decision.release(), next(decision, result));
    }

    private Observation observe(CanaryRollout rollout, Recalled own) {
        List<String> names = RolloutMachine.hosts(rollout);
        List<Answer<UnitState>> units = hosts.see(rollout.getSpec().engine().unit(), names, directoryOf(rollout));
        List<HostObservation> seen = new ArrayList<>();
        for (int i = 0; i < units.size(); i++) {
            String name = names.get(i);
            seen.add(new HostObservation(name, units.get(i), own.sent.get(name)));
        }
        return new Observation(
                rollout, seen, judge.view(uid(rollout)), own.memory, leadership.holder(), clock.instant());
    }

    private void send(CanaryRollout rollout, List<HostCommand> commands, Recalled own) {
        List<Answer<?>> answers = hosts.send(rollout.getSpec().engine().unit(), commands, directoryOf(rollout));
        Instant now = clock.instant();
        for (int i = 0; i < answers.size(); i++) {
            HostCommand command = commands.get(i);
            own.sent.put(command.host(), new HostObservation.Sent(command, answers.get(i), now));
        }
    }

    private Hosts.Directory directoryOf(CanaryRollout rollout) {
        String namespace = rollout.getMetadata().getNamespace();
        return name -> directory.get(new ResourceID(name, namespace));
    }

    private Duration next(Decision decision, Outcome result) {
        if (result.isOutdated()) {
            return AT_ONCE;
        }
        Duration planned = Duration.between(clock.instant(), decision.wakeAt());
        Duration latest = Duration.ofDays(1);
        if (result == Outcome.FAILED) {
            latest = AFTER_FAILED_WRITE;
        } else if (!decision.commands().stream().allMatch(HostCommand.Renew.class::isInstance)) {
            latest = AFTER_COMMAND;
        }
        if (planned.isNegative()) {
            return AT_ONCE;
        }
        return planned.compareTo(latest) < 0 ? planned : latest;
    }

    private static String uid(CanaryRollout rollout) {
        return rollout.getMetadata().getUid();
    }
}
