package dev.qsc.operator.hosts;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.UnitState;
import dev.qsc.api.EngineHost;
import dev.qsc.operator.core.HostCommand;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sees and commands the engines of one rollout: all hosts at once, and never for longer than a bound, since the caller
 * is the thread that a rollback would need.
 */
@Singleton
public class Hosts {
    private static final Duration LOOK = Duration.ofSeconds(3);
    /** An agent may have to start a helper before it answers. */
    private static final Duration COMMAND = Duration.ofSeconds(5);

    private final Agents agents;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Finds an EngineHost of the rollout's namespace. */
    @FunctionalInterface
    public interface Directory {
        Optional<EngineHost> find(String name);
    }

    Hosts(Agents agents) {
        this.agents = agents;
    }

    /** What each host's agent says about a unit, in the order of the names. */
    public List<Answer<UnitState>> see(String unit, List<String> names, Directory directory) {
        return atOnce(names, LOOK, Answer.Unreachable::new, name -> call(name, directory, agent -> agent.unit(unit)));
    }

    /** How each command ended, in their order. */
    public List<Answer<?>> send(String unit, List<HostCommand> commands, Directory directory) {
        return atOnce(commands, COMMAND, Answer.Ambiguous::new, command -> send(unit, command, directory));
    }

    private Answer<?> send(String unit, HostCommand command, Directory directory) {
        return switch (command) {
            case HostCommand.Put(String host, var request) -> call(host, directory, agent -> agent.put(unit, request));
            case HostCommand.Renew(String host, var request) ->
                call(host, directory, agent -> agent.renew(unit, request));
            case HostCommand.RollBack(String host, var request) ->
                call(host, directory, agent -> agent.rollBack(unit, request));
            case HostCommand.Promote(String host, var request) ->
                call(host, directory, agent -> agent.promote(unit, request));
            case HostCommand.Confirm(String host, var request) ->
                call(host, directory, agent -> agent.confirm(unit, request));
            case HostCommand.Conclude(String host, var request) ->
                call(host, directory, agent -> agent.record(unit, request));
        };
    }

    private <T> Answer<T> call(String name, Directory directory, Function<AgentClient, Answer<T>> call) {
        return directory
                .find(name)
                .map(host -> agents.call(host.getSpec(), call))
                .orElseGet(() -> new Answer.Unreachable<>(
                        "there is no EngineHost %s in this namespace: create it, or correct engine.hosts"
                                .formatted(name)));
    }

    /** Calls that are not over at the end of the bound are interrupted and left alone. */
    private <I, A> List<A> atOnce(List<I> inputs, Duration bound, Function<String, A> late, Function<I, A> call) {
        List<Callable<A>> calls = new ArrayList<>();
        inputs.forEach(input -> calls.add(() -> call.apply(input)));
        try {
            List<A> answers = new ArrayList<>();
            for (Future<A> future : threads.invokeAll(calls, bound.toMillis(), TimeUnit.MILLISECONDS)) {
                answers.add(
                        future.isCancelled()
                                ? late.apply("no answer came within " + bound.toSeconds() + " s")
                                : future.get());
            }
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return inputs.stream()
                    .map(input -> late.apply("the operator is shutting down"))
                    .toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call to an agent failed in a way that no answer describes", e);
        }
    }
}
