package dev.qsc.e2e.demo;

import static dev.qsc.e2e.demo.Terminal.Style.GOOD;
import static dev.qsc.e2e.demo.Terminal.Style.PLAIN;
import static dev.qsc.e2e.demo.Terminal.Style.QUIET;

import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.Repository;
import dev.qsc.e2e.lab.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** The two acts. */
final class Story {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String MODEL = ExampleEngine.SHADOW_MODEL;
    private static final String ROLLOUT = MODEL;

    /** Where the story would end too soon. */
    private static final Set<Phase> DEAD_ENDS = EnumSet.of(Phase.GateFailed, Phase.Failed);

    /** Makes half a minute of the example's six hours. */
    private static final String SHORTER = """
            spec:
              steps: [{weight: 10, duration: 20s}]
              monitor: {interval: 1s, window: 5s, noDataTimeout: 10s}
              rollback: {leaseDuration: 10s}
            """;

    private final Lab lab;
    private final Site site;
    private final Terminal terminal;
    private final Narrator narrator;
    private final Path directory;

    Story(Lab lab, Terminal terminal, Path directory) {
        this.lab = lab;
        this.site = lab.site();
        this.terminal = terminal;
        this.narrator = new Narrator(terminal);
        this.directory = directory;
    }

    /** Tells both, and returns when the second one has its happy end. */
    void tell() {
        terminal.heading("Act 1: " + MODEL + " becomes a canary, and collapses");
        applyExample();
        step("the gate passes", at(Phase.Activating));
        step("the canary is active, proved on the host", at(Phase.Monitoring));
        step("five slots are judged healthy", status -> judged(status) >= 5);
        behave("collapse", "votes HOLD from now on, always");
        step("the collapse is noticed", at(Phase.RollingBack));
        step("the engine is on its baseline, proved on the host", at(Phase.RolledBack));
        proveHome();

        terminal.heading("Act 2: " + MODEL + " is mended, tried again, and promoted");
        behave("healthy", "is mended, and the engine is restarted with it: only events since then count");
        site.restartEngine();
        command("retry");
        step("the gate passes again", at(Phase.Activating));
        step("the canary is active again, proved on the host", at(Phase.Monitoring));
        step("all slots of the step are judged healthy", at(Phase.AwaitingPromotion));
        command("promote");
        step("the canary's weights are the baseline, proved on the host", at(Phase.Promoted));
        provePromoted();
    }

    private void applyExample() {
        write("engine-host.yaml", read(Repository.file("examples/engine-host.yaml")));
        write("redis.yaml", read(Repository.file("examples/redis.yaml")));
        write("canary.yaml", read(Repository.file("examples/canary.yaml")));
        write("shorter.yaml", "apiVersion: qsc.dev/v1alpha1\nkind: CanaryRollout\nmetadata: {name: any}\n" + SHORTER);
        write("kustomization.yaml", """
                namespace: %s
                resources: [engine-host.yaml, redis.yaml, canary.yaml]
                patches:
                  - {target: {kind: CanaryRollout}, path: shorter.yaml}
                  - target: {kind: EngineHost}
                    patch: '- {op: replace, path: /spec/address, value: "%s"}'
                  - target: {kind: Secret}
                    patch: '- {op: replace, path: /stringData/url, value: "%s"}'
                """.formatted(
                        Cluster.NAMESPACE, site.agent().address(), site.redis().url()));
        terminal.command(
                "kubectl apply -k .   # examples/engine-host.yaml, redis.yaml and canary.yaml, with this lab's addresses, in seconds:");
        terminal.details(QUIET, SHORTER);
        lab.cluster().kubectl("apply", "--kustomize", folder().toString());
    }

    private Path folder() {
        return directory.resolve("example");
    }

    private void write(String name, String text) {
        try {
            Files.createDirectories(folder());
            Files.writeString(folder().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + name + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Says something by annotation, as a person would. */
    private void command(String verb) {
        var line = "annotate canaryrollout %s --namespace %s --overwrite qsc.dev/%s=%s"
                .formatted(ROLLOUT, Cluster.NAMESPACE, verb, status().attemptId());
        terminal.command("kubectl " + line);
        lab.cluster().kubectl(line.split(" "));
    }

    private void behave(String behaviour, String words) {
        site.engine().behave(MODEL, behaviour);
        terminal.happens(PLAIN, "meanwhile", MODEL + " " + words);
    }

    private static Predicate<CanaryRolloutStatus> at(Phase phase) {
        return status -> status.phase() == phase;
    }

    private static long judged(CanaryRolloutStatus status) {
        return status.canary() == null ? 0 : status.canary().slots().judged();
    }

    private CanaryRolloutStatus status() {
        return lab.cluster().rollout(ROLLOUT).get().getStatus();
    }

    /** Tells what happens until it came to what the story hopes for. */
    private void step(String name, Predicate<CanaryRolloutStatus> end) {
        var begin = terminal.elapsed();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .failFast(() -> DEAD_ENDS.contains(phase()))
                    .until(() -> isTold(end));
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new IllegalStateException("hoped for \"%s\", but the rollout is %s".formatted(name, phase()), e);
        }
        terminal.done(name, terminal.elapsed().minus(begin));
    }

    private boolean isTold(Predicate<CanaryRolloutStatus> end) {
        var status = status();
        if (status == null) {
            return false;
        }
        narrator.tell(status);
        return end.test(status);
    }

    private Phase phase() {
        return status() == null ? null : status().phase();
    }

    private void proveHome() {
        if (!site.isOnBaseline()) {
            throw new IllegalStateException("a process of the engine still runs with the canary's values");
        }
        terminal.happens(
                GOOD,
                "proof",
                "read from /proc on the host: " + site.processes().size()
                        + " process of the engine, none with QSC_CANARY_WEIGHTS");
        terminal.details(PLAIN, "the engine says:  " + site.engineProperty("StatusText"));
        terminal.details(PLAIN, "the baseline is:  " + site.baseline());
        tellLedger();
    }

    private void provePromoted() {
        if (!site.isOnBaseline() || !site.baseline().has(MODEL)) {
            throw new IllegalStateException("the engine does not run on a baseline with " + MODEL);
        }
        terminal.happens(GOOD, "proof", "the baseline on the host is now " + site.baseline());
        tellLedger();
    }

    private void tellLedger() {
        terminal.details(
                PLAIN,
                "the ledger holds: "
                        + site.ledger().stream()
                                .map(record -> record.path("action").asText())
                                .collect(Collectors.joining(", ")));
    }
}
