package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.Repository;
import dev.qsc.e2e.lab.TestHost;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every step of a helper is a program that changes something: a rename, a removal, a word to systemd. On this host
 * those programs are wrapped, so that a helper can be killed or stopped exactly between two steps.
 */
@NeedsTestHost
@DisplayName("An engine comes home, or stays as it was,")
class CrashTableTest {
    private static final List<String> PROGRAMS =
            List.of("systemctl", "mv", "rm", "ln", "mkdir", "fallocate", "truncate", "sync", "cp");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final MarkdownTable SEEN =
            new MarkdownTable("crashes", "helper", "before its step", "signal", "what the host did", "home after s");

    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("crash");
        EngineOnHost.prepare(host);
        host.copy(Repository.file("src/e2e/src/test/resources/dev/qsc/e2e/host/step"), "/usr/libexec/step");
        host.shell("""
                mkdir -p /run/steps /usr/libexec/real
                cp /usr/bin/wc /usr/libexec/real/
                chmod 755 /usr/libexec/step
                for program in %s; do
                  cp "$(command -v $program)" /usr/libexec/real/
                  cp /usr/libexec/step /usr/bin/$program.step
                done
                for program in %1$s; do /usr/libexec/real/mv /usr/bin/$program.step /usr/bin/$program; done
                """.formatted(String.join(" ", PROGRAMS))).orThrow();
        // The first record makes the ledger, a step that later ones do not take.
        EngineOnHost.start(host).activate();
        EngineOnHost.retireAll(host);
    }

    @AfterEach
    void retire() {
        EngineOnHost.retireAll(host);
    }

    @AfterAll
    static void stop() throws IOException {
        SEEN.write();
        host.close();
    }

    @Test
    @DisplayName("when apply is killed before any of its steps")
    void applyIsKilled() throws InterruptedException {
        Trials.tryAll(steps("apply", EngineOnHost::activate), step -> {
            var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
            var invocation = engine.property("InvocationID");
            plan(engine, "apply", "KILL", step);
            engine.lease(Duration.ofMinutes(5));
            engine.ask(engine.applyRequest());

            engine.run("apply");

            rollBackIfDone(engine);
            assertHomeOrUntouched(engine, invocation);
            note(engine, "apply", "apply", "KILL", step);
        });
    }

    @Test
    @DisplayName("when apply is stopped before any of its steps and wakes up after it was rolled back")
    void applyWakesUpLate() throws InterruptedException {
        Trials.tryAll(everyOther(steps("apply", EngineOnHost::activate)), step -> {
            var engine = EngineOnHost.start(host);
            plan(engine, "apply", "STOP", step);
            engine.lease(Duration.ofMinutes(5));
            engine.ask(engine.applyRequest());
            engine.begin("apply").orThrow();
            awaitPlan(engine, "apply");

            engine.ask(engine.rollbackRequest(1));
            engine.run("rollback");
            host.exec("systemctl", "kill", "--signal=CONT", "qsc-apply@" + engine.unit);

            await().atMost(PATIENCE)
                    .until(() -> !host.exec("systemctl", "is-active", "qsc-apply@" + engine.unit)
                            .stdout()
                            .startsWith("activ"));
            engine.awaitRunningHome(PATIENCE);
            assertThat(engine.fence()).containsEntry("tombstone", "1");
            note(engine, "apply", "apply, then rolled back", "STOP", step);
        });
    }

    @Test
    @DisplayName("when apply is stopped for ever before it armed, and takes the next canary once that is rolled back")
    void applyNeverWakesUp() {
        var engine = EngineOnHost.start(host);
        plan(engine, "apply", "STOP", 1);
        engine.lease(Duration.ofMinutes(5));
        engine.ask(engine.applyRequest());
        engine.begin("apply").orThrow();
        awaitPlan(engine, "apply");
        engine.ask(engine.rollbackRequest(1));
        engine.run("rollback").orThrow();

        var next = engine.applyRequest();
        next.put("sequence", "2");
        engine.ask(next);

        engine.run("apply").orThrow();
        assertThat(engine.armed()).containsEntry("stage", "active").containsEntry("sequence", "2");
    }

    @Test
    @DisplayName("when promote is killed before any of its steps, on the baseline that its record names")
    void promoteIsKilled() throws InterruptedException {
        Trials.tryAll(
                steps("promote", engine -> {
                    engine.activate();
                    promote(engine);
                }),
                step -> {
                    var engine = EngineOnHost.start(host);
                    engine.activate();
                    plan(engine, "promote", "KILL", step);
                    promote(engine);

                    rollBackIfDone(engine);
                    engine.awaitRunningHome(PATIENCE);
                    note(engine, "promote", "promote", "KILL", step);
                });
    }

    @Test
    @DisplayName("when rollback or the guard is killed or stopped before any of its steps")
    void wayHomeIsCut() throws InterruptedException {
        for (var helper : List.of("rollback", "guard")) {
            var steps = steps(helper, engine -> {
                engine.activate();
                rollBack(engine);
            });
            Trials.tryAll(steps, step -> {
                var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
                engine.activate();
                var signal = signal(step);
                plan(engine, helper, signal, step);

                rollBack(engine);

                engine.awaitRunningHome(PATIENCE);
                assertThat(engine.ledger()).hasSize(2);
                if (engine.ledger().getLast().contains("\"trigger\":\"qsc_monitor_violation\"")) {
                    assertThat(engine.fence()).containsEntry("tombstone", "2");
                }
                note(engine, helper, helper + ", on request", signal, step);
                if (signal.equals("STOP")) {
                    assertNextCanaryStays(engine, helper);
                }
            });
        }
    }

    /** Whoever was stopped on the way home of the last canary leaves the next one alone when it wakes up. */
    private static void assertNextCanaryStays(EngineOnHost engine, String helper) {
        var next = engine.applyRequest();
        next.put("sequence", "3");
        engine.lease(Duration.ofMinutes(5));
        engine.ask(next);
        engine.run("apply").orThrow();
        var invocation = engine.property("InvocationID");

        var unit = "qsc-" + helper + "@" + engine.name;
        host.exec("systemctl", "kill", "--signal=CONT", unit);

        await().atMost(PATIENCE)
                .until(() -> !host.exec("systemctl", "is-active", unit).stdout().startsWith("activ"));
        assertThat(engine.armed()).containsEntry("stage", "active").containsEntry("sequence", "3");
        assertThat(engine.property("InvocationID")).isEqualTo(invocation);
    }

    @Test
    @DisplayName("when the guard is killed or stopped before any of its steps, after a crash and after a lapse")
    void guardIsCut() throws InterruptedException {
        Map<String, Consumer<EngineOnHost>> causes =
                Map.of("a crash", CrashTableTest::crash, "a lapse", CrashTableTest::lapse);
        for (var cause : causes.entrySet()) {
            var steps = steps("guard", engine -> {
                engine.activate();
                cause.getValue().accept(engine);
            });
            Trials.tryAll(steps, step -> {
                var engine = EngineOnHost.start(host);
                engine.activate();
                var signal = signal(step);
                plan(engine, "guard", signal, step);

                cause.getValue().accept(engine);

                engine.awaitRunningHome(PATIENCE);
                note(engine, "guard", "guard, after " + cause.getKey(), signal, step);
            });
        }
    }

    private static void crash(EngineOnHost engine) {
        host.exec("systemctl", "kill", "--signal=KILL", engine.unit).orThrow();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> engine.armed().isEmpty());
    }

    private static void lapse(EngineOnHost engine) {
        engine.asAgent("rm lease").orThrow();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> engine.armed().isEmpty());
    }

    private static void promote(EngineOnHost engine) {
        var promotion = UUID.randomUUID().toString();
        engine.leaseBoth(promotion, Duration.ofMinutes(5));
        engine.ask(engine.promoteRequest(promotion));
        engine.run("promote");
    }

    /** Killed before its first step or its last, a helper leaves a canary that is in order. */
    private static void rollBackIfDone(EngineOnHost engine) {
        if (List.of("active", "promoted").contains(engine.armed().getOrDefault("stage", ""))) {
            engine.run("rollback").orThrow();
        }
    }

    /** Asks until the engine is home, as the operator does; a helper that was stopped is in the way for a while. */
    private static void rollBack(EngineOnHost engine) {
        engine.ask(engine.rollbackRequest(2));
        engine.lease(Duration.ofSeconds(6));
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            engine.begin("rollback").orThrow();
            return engine.armed().isEmpty();
        });
    }

    /** The numbers of the steps that a helper takes when nobody disturbs it, and one beyond. */
    private static List<Integer> steps(String helper, Consumer<EngineOnHost> course) {
        var engine = EngineOnHost.start(host);
        plan(engine, helper, "none", 0);
        course.accept(engine);
        var taken = engine.read(planned(engine, helper) + ".taken").orElseThrow();
        assertThat(taken.lines().count()).as(taken).isGreaterThan(3);
        return IntStream.rangeClosed(1, (int) taken.lines().count()).boxed().toList();
    }

    private static List<Integer> everyOther(List<Integer> steps) {
        return steps.stream().filter(step -> step % 2 == 0).toList();
    }

    private static void plan(EngineOnHost engine, String helper, String signal, int step) {
        host.write(planned(engine, helper), signal + " " + step + "\n");
    }

    private static void awaitPlan(EngineOnHost engine, String helper) {
        await().atMost(PATIENCE).until(() -> engine.exists(planned(engine, helper) + ".done"));
    }

    private static String planned(EngineOnHost engine, String helper) {
        return "/run/steps/qsc-" + helper + "@" + engine.name + ".service";
    }

    private static String signal(int step) {
        return step % 2 == 0 ? "STOP" : "KILL";
    }

    /** A row of the table, from the host's own records, unless the helper took fewer steps this time. */
    private static void note(EngineOnHost engine, String helper, String course, String signal, int step) {
        var cut = host.exec("stat", "--format=%.3Z", planned(engine, helper) + ".done");
        if (cut.exitCode() != 0) {
            return;
        }
        var taken = engine.read(planned(engine, helper) + ".taken")
                .orElseThrow()
                .lines()
                .toList()
                .get(step - 1)
                .replace(engine.unit, "UNIT")
                .replaceAll("[0-9a-f]{64}", "SHA256")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID")
                .replaceAll("\\.[0-9]+\\b", "");
        var fence = engine.fence();
        SEEN.add(
                course,
                "%02d `%s`".formatted(step, taken),
                signal,
                fence.isEmpty() ? "nothing was touched" : fence.get("state") + ": " + fence.get("message"),
                fence.isEmpty() ? "" : secondsUntilHome(cut.stdout(), fence));
    }

    private static String secondsUntilHome(String cut, Map<String, String> fence) {
        var millis = new BigDecimal(cut.strip()).movePointRight(3).longValueExact();
        return "%.1f".formatted(Math.max(0, Instant.parse(fence.get("at")).toEpochMilli() - millis) / 1000.0);
    }

    private static void assertHomeOrUntouched(EngineOnHost engine, String invocation) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(engine.armed()).isEmpty());
        if (engine.fence().isEmpty()) {
            engine.assertUntouched(invocation);
        } else {
            engine.awaitRunningHome(PATIENCE);
        }
    }
}
