package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.TestHost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsTestHost
@DisplayName("An agent that was taken over")
class RequestAttackTest {
    private static final MarkdownTable SEEN = new MarkdownTable("attacks", "place", "attack", "what the host said");

    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("attack");
        EngineOnHost.prepare(host);
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
    @DisplayName("cannot smuggle anything into what the engine, systemd or the ledger reads")
    void smuggles() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        var smuggled = List.of(
                Map.of("model", "patchtst\nLD_PRELOAD=/tmp/evil.so"),
                Map.of("model", "patchtst LD_PRELOAD=/tmp/evil.so"),
                Map.of("model", "../../etc/passwd"),
                Map.of("model", "a\"b"),
                Map.of("model", "a\\b"),
                Map.of("model", "a'b"),
                Map.of("model", "$(touch /tmp/evil)"),
                Map.of("model", "`touch /tmp/evil`"),
                Map.of("model", "%n"),
                Map.of("model", "a\u0085b"),
                Map.of("model", "unknown"),
                Map.of("weight", "patchtst 1.000000\nweight=patchtst 0.000000"),
                Map.of("weight", "patchtst 0.500000"),
                Map.of("weight", "xgb 0.900000\nweight=patchtst 0.100000"),
                Map.of("weight", "patchtst 1.000000,\"x\":1"),
                Map.of("weight", "patchtst 1"),
                Map.of("weight", "../x 0.900000\nweight=patchtst 0.100000"),
                Map.of("weight", "a\"b 0.900000\nweight=patchtst 0.100000"),
                Map.of("weight", "%n 0.900000\nweight=patchtst 0.100000"),
                Map.of("weight", "a\\b 0.900000\nweight=patchtst 0.100000"),
                Map.of("old_digest", "../../../../etc/passwd"),
                Map.of("uid", "../armed"),
                Map.of("uid", ""),
                Map.of("rollout", "a/b\n[Service]"),
                Map.of("operation", "x y"),
                Map.of("sequence", "08x"),
                Map.of("sequence", "99999999999999999999"),
                Map.of("epoch", "$((1))"),
                Map.of("percent", "101"),
                Map.of("gate_events", "0x10"),
                Map.of("cutover", "yesterday"),
                Map.of("monitoring_seconds", "1e9"),
                Map.of("verb", "promote"),
                Map.of("LD_PRELOAD", "/tmp/evil.so"),
                Map.of("PATH", "/tmp"));
        var sequence = 1;
        for (var change : smuggled) {
            var request = engine.applyRequest();
            request.put("operation", UUID.randomUUID().toString());
            request.put("sequence", Integer.toString(sequence++));
            request.putAll(change);
            engine.ask(request);

            assertThat(engine.run("apply").exitCode()).as(change.toString()).isNotZero();
            assertThat(engine.armed()).as(change.toString()).isEmpty();
            note("a line of the request", change.toString(), engine.journal("apply"));
        }
        engine.assertUntouched(invocation);
        assertThat(engine.exists("/tmp/evil")).isFalse();
        assertThat(engine.journal("apply")).doesNotContain("comes after operation");
    }

    @Test
    @DisplayName(
            "cannot make root wait, read what is not its own, or swallow the machine, by what lies in place of the request")
    void inPlaceOfTheRequest() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        host.shell("install -m 600 /dev/null /root/request").orThrow();
        engine.lease(Duration.ofMinutes(1));
        for (var attack : List.of(
                "rm -f request",
                "mkfifo request",
                "rm request; mkdir request",
                "rmdir request; ln -s /root/request request",
                "rm request; ln -s /dev/zero request",
                "rm request; head -c 50000000 /dev/zero >request",
                "printf 'qsc-request 1\\nend\\n' >request",
                "printf 'qsc-request 1\\nverb=apply\\0\\nend\\n' >request",
                "printf 'qsc-request 1\\nverb=apply\\377\\nend\\n' >request",
                ": >request")) {
            engine.asAgent(attack).orThrow();
            var before = engine.clock();

            assertThat(engine.run("apply").exitCode()).as(attack).isNotZero();
            assertThat(engine.clock() - before).as(attack).isLessThan(5000);
            note("in place of the request", attack, engine.journal("apply"));
        }
        engine.assertUntouched(invocation);
    }

    @Test
    @DisplayName("cannot touch a unit that is not listed")
    void notListed() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        host.exec("rm", "/etc/qsc-agent/units.d/" + engine.unit + ".yaml").orThrow();
        engine.lease(Duration.ofMinutes(1));
        engine.ask(engine.applyRequest());

        assertThat(engine.run("apply").exitCode()).isNotZero();

        engine.assertUntouched(invocation);
        assertThat(engine.journal("apply")).contains("is not listed");
        note("the unit", "one that is not listed", engine.journal("apply"));
        for (var instance : List.of("..", "-x", "a%2fb", "a\\x2db")) {
            assertThat(host.exec("systemctl", "start", "--", "qsc-apply@" + instance + ".service")
                            .exitCode())
                    .as(instance)
                    .isNotZero();
            note("the unit", "instance " + instance, host.journal("qsc-apply@" + instance + ".service"));
        }
    }

    @Test
    @DisplayName("cannot have devices, sockets or hard links read in place of the request")
    void notAFile() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        var asked = "/run/qsc-agent/" + engine.unit + "/request";
        engine.lease(Duration.ofMinutes(1));
        for (var attack : List.of(
                "mknod %s c 1 5",
                "mknod %s c 5 0",
                "mknod %s b 7 0",
                "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"%s\")'")) {
            engine.asAgent("rm -f request").orThrow();
            host.shell(attack.formatted(asked)).orThrow();

            assertThat(engine.run("apply").exitCode()).as(attack).isNotZero();
            note("in place of the request", attack.formatted("request"), engine.journal("apply"));
        }
        engine.assertUntouched(invocation);
    }

    @Test
    @DisplayName("cannot swap a request between its check and its use")
    void swaps() {
        var engine = EngineOnHost.start(host);
        engine.lease(Duration.ofMinutes(5));
        engine.ask(engine.applyRequest());
        var swap = """
                cd /run/qsc-agent/%s
                cp request good
                sed 's#^model=patchtst#&\\nLD_PRELOAD=/tmp/evil.so#' good >evil
                while :; do cp good next; mv next request; cp evil next; mv next request; cat good >request; done
                """.formatted(engine.unit);
        host.exec("systemd-run", "--quiet", "--unit=swapper", "--uid=qsc-agent", "sh", "-c", swap)
                .orThrow();
        try {
            for (var attempt = 0; attempt < 20; attempt++) {
                engine.run("apply");
            }
        } finally {
            host.exec("systemctl", "stop", "swapper");
        }
        assertThat(engine.environments()).isNotEmpty().noneMatch(environment -> environment.contains("LD_PRELOAD"));
        assertThat(engine.armed().getOrDefault("model", "patchtst")).isEqualTo("patchtst");
        assertThat(engine.armed().getOrDefault("new_digest", ExampleEngine.CANARY_WEIGHTS.digest()))
                .isEqualTo(ExampleEngine.CANARY_WEIGHTS.digest());
        note("the request", "swapped between check and use", engine.journal("apply"));
        engine.run("rollback").orThrow();
    }

    @Test
    @DisplayName("cannot reach an engine by another of its names, nor by a helper that it runs itself")
    void otherNames() {
        var engine = EngineOnHost.start(host);
        var invocation = engine.property("InvocationID");
        engine.lease(Duration.ofMinutes(1));
        engine.ask(engine.applyRequest());
        for (var verb : List.of("apply", "promote", "rollback", "record", "guard", "lapse")) {
            assertThat(engine.asAgent("/usr/lib/qsc/" + verb + " " + engine.name + "; test -w /var/lib/qsc/"
                                    + engine.unit)
                            .exitCode())
                    .as(verb)
                    .isNotZero();
        }
        var alias = engine.name + "-alias";
        host.shell("""
                ln -s %1$s.service /etc/systemd/system/%2$s.service; systemctl daemon-reload
                cp /etc/qsc-agent/units.d/%1$s.service.yaml /etc/qsc-agent/units.d/%2$s.service.yaml
                mkdir -p /var/lib/qsc/%2$s.service; cp -a /var/lib/qsc/%1$s.service/. /var/lib/qsc/%2$s.service
                systemctl start qsc-guard@%2$s.timer
                cp -a /run/qsc-agent/%1$s.service /run/qsc-agent/%2$s.service
                """.formatted(engine.name, alias)).orThrow();
        try {
            assertThat(host.exec("systemctl", "start", "qsc-apply@" + alias + ".service")
                            .exitCode())
                    .isNotZero();
            assertThat(host.journal("qsc-apply@" + alias)).contains("is an alias or has one");
            note("the unit", "an alias of a listed one", host.journal("qsc-apply@" + alias));
            assertThat(host.exec("systemctl", "start", "qsc-apply@" + engine.name + ".service")
                            .exitCode())
                    .isNotZero();
        } finally {
            host.shell(
                    "rm -rf /etc/systemd/system/%1$s.service /var/lib/qsc/%1$s.service /etc/qsc-agent/units.d/%1$s.*; systemctl stop qsc-guard@%1$s.timer"
                            .formatted(alias));
        }
        engine.assertUntouched(invocation);
    }

    @Test
    @DisplayName("may start root's helpers, and no more: no restart, no reload, no other unit, none of root's files")
    void powers() {
        var engine = EngineOnHost.start(host);
        engine.ask(engine.fenceRequest(1, "leader-a"));
        engine.asAgent("systemctl --no-ask-password start qsc-record@" + engine.unit)
                .orThrow();
        for (var attempt : List.of(
                "systemctl --no-ask-password restart " + engine.unit,
                "systemctl --no-ask-password stop qsc-guard@" + engine.name + ".timer",
                "systemctl --no-ask-password stop qsc-rollback@" + engine.unit,
                "systemctl --no-ask-password start qsc-guard@" + engine.unit,
                "systemctl --no-ask-password start rescue.target",
                "systemctl --no-ask-password daemon-reload",
                "systemctl --no-ask-password set-property " + engine.unit + " CPUWeight=1",
                "systemd-run --no-ask-password true",
                "touch /run/qsc/" + engine.unit + "/canary.env",
                "touch /var/lib/qsc/" + engine.unit + "/armed",
                "rm -f /run/qsc/" + engine.unit + "/lock",
                "sh -c 'echo >>/var/log/qsc/qsc_canary.jsonl'",
                "touch /etc/qsc-agent/units.d/sshd.service.yaml")) {
            var answer = engine.asAgent(attempt);
            assertThat(answer.exitCode()).as(attempt).isNotZero();
            note("as the agent's user", attempt.replace(engine.unit, "UNIT"), answer.stdout() + answer.stderr());
        }
    }

    /** A row of the table: the last that was said, but by systemd of the helper's end. */
    private static void note(String place, String attack, String said) {
        var last = said.lines()
                .filter(line -> !line.matches("(Starting|Finished|Failed to start) .* - QSC: .*|qsc-.*|See .*"))
                .reduce("", (former, line) -> line);
        SEEN.add(place, "`" + attack + "`", last.replaceAll("engine-[0-9]+", "engine"));
    }

    @Test
    @DisplayName("cannot keep a canary beyond its lease by stopping whoever reads it")
    void stopsTheReader() throws InterruptedException {
        Trials.tryAll(List.of("rm lease", ":"), way -> {
            var engine = EngineOnHost.start(host);
            engine.activate();
            var deadline = engine.lease(Duration.ofSeconds(8));
            await().until(() -> engine.read("/run/qsc/" + engine.unit + "/leased.guard")
                    .orElse("")
                    .contains(Long.toString(deadline)));
            var stopper = "stopper-" + engine.name;
            host.shell("systemd-run --quiet --unit=%s --uid=qsc-agent sh -c 'while :; do pkill -STOP -x dd; done'"
                            .formatted(stopper))
                    .orThrow();
            try {
                engine.asAgent(way);
                engine.awaitRunningHome(Duration.ofSeconds(20));
                note("the reader of the lease", "stopped again and again, and " + way, engine.journal("guard"));
            } finally {
                host.exec("systemctl", "stop", stopper);
            }
        });
    }
}
