package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.TestHost;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsTestHost
@DisplayName("A host comes home alone")
class HomewardTest {
    /** What the guard may take from the end of a lease to the baseline, and a second for looking. */
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    /** The same where several engines of the host come home at once. */
    private static final Duration AMONG_OTHERS = Duration.ofSeconds(20);

    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("homeward");
        EngineOnHost.prepare(host);
    }

    @AfterEach
    void retire() {
        EngineOnHost.retireAll(host);
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @Test
    @DisplayName("within 3 s of the end of a lease that nobody renews")
    void lapse() {
        var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
        engine.activate();
        var deadline = engine.lease(Duration.ofSeconds(2));

        engine.awaitRunningHome(Duration.ofSeconds(2).plus(AT_ONCE));

        var startedAt = Long.parseLong(engine.property("ExecMainStartTimestampMonotonic")) / 1000;
        assertThat(startedAt - deadline).isBetween(0L, 3000L);
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"lease_lapsed\"");
    }

    @Test
    @DisplayName("when the lease is empty, torn, absurd, or another's")
    void notALease() throws InterruptedException {
        var leases = List.of(
                "",
                "lease UID OPERATION 1 LA",
                "lease UID OPERATION 1 LATER\n",
                "lease UID OPERATION 1 999999999999999999 end\n",
                "lease UID OPERATION 1 99999999999999999999999 end\n",
                "lease UID OPERATION 1 $(id) end\n",
                "lease UID OPERATION 1 LATER end end\n",
                "lease other OPERATION 1 LATER end\n",
                "lease UID other 1 LATER end\n",
                "lease UID OPERATION 0 LATER end\n");
        Trials.tryAll(leases, lease -> {
            var engine = EngineOnHost.start(host);
            engine.activate();

            engine.leaseText(lease.replace("UID", engine.uid)
                    .replace("OPERATION", engine.operation)
                    .replace("LATER", Long.toString(engine.clock() + 60_000)));

            engine.awaitRunningHome(AMONG_OTHERS);
        });
    }

    @Test
    @DisplayName("when there is something else in the place of the lease")
    void somethingElse() throws InterruptedException {
        var attacks = List.of(
                "rm lease",
                "rm -r \"$PWD\"",
                "rm lease; mkfifo lease",
                "rm lease; mkdir lease",
                "ln -sf /var/log/qsc/qsc_canary.jsonl lease",
                "ln -sf /dev/zero lease",
                "rm lease; ln -s loop lease; ln -s lease loop",
                "chmod 000 lease",
                "head -c 50000000 /dev/zero >lease");
        Trials.tryAll(attacks, attack -> {
            var engine = EngineOnHost.start(host);
            engine.activate();

            engine.asAgent(attack);

            engine.awaitRunningHome(AMONG_OTHERS);
        });
    }

    @Test
    @DisplayName("when its power was cut: the baseline is there from the first start on")
    void powerCut() throws Exception {
        var engine = EngineOnHost.start(host);
        engine.activate();
        var promoted = EngineOnHost.start(host);
        promoted.activate();
        promoted.promote();

        host.powerCut();
        host.boot();

        engine.awaitRunningHome(AT_ONCE);
        promoted.awaitRunningHome(AT_ONCE);
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"lease_missing\"");
        Ledger.assertChained(engine.read("/var/log/qsc/qsc_canary.jsonl")
                .orElseThrow()
                .lines()
                .toList());
    }

    @Test
    @DisplayName("when the total time of a canary is over, however the lease is renewed")
    void totalTime() {
        var engine = EngineOnHost.start(host);
        host.shell("sed -i 's/^max_total:.*/max_total: 4s/' /etc/qsc-agent/units.d/" + engine.unit + ".yaml")
                .orThrow();
        engine.lease(Duration.ofMinutes(5));
        engine.ask(engine.applyRequest());
        engine.run("apply");

        engine.awaitRunningHome(Duration.ofSeconds(8));
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"total_time_over\"");
    }

    @Test
    @DisplayName("when the engine does not come up with the canary, whatever systemd does about it")
    void doesNotComeUp() throws InterruptedException {
        var ways = List.of(
                "CANARY=crashes Restart=no",
                "CANARY=crashes Restart=on-failure",
                "CANARY=crashes Restart=always",
                "CANARY=never-starts Restart=no");
        Trials.tryAll(ways, way -> {
            var engine = EngineOnHost.start(host, "Environment=" + way.replace(' ', '\n'));
            engine.lease(Duration.ofMinutes(5));
            var request = engine.applyRequest();
            request.put("start_timeout_ms", "1000");
            engine.ask(request);

            assertThat(engine.run("apply").exitCode()).isNotZero();

            engine.awaitRunningHome(AMONG_OTHERS);
            assertThat(engine.ledger()).singleElement().asString().contains("\"trigger\":\"activation_failed\"");
            assertThat(engine.fence().get("message")).contains("the engine");
        });
    }

    @Test
    @DisplayName("when the engine crashes later")
    void crashesLater() throws InterruptedException {
        Trials.tryAll(List.of("no", "on-failure"), restart -> {
            var engine = EngineOnHost.start(host, "Environment=CANARY=crashes-later", "Restart=" + restart);
            engine.lease(Duration.ofMinutes(5));
            engine.ask(engine.applyRequest());
            engine.run("apply");

            engine.awaitRunningHome(Duration.ofSeconds(10));
        });
    }

    @Test
    @DisplayName("and never calls a canary active that a process does not carry")
    void unverifiable() {
        var engine = EngineOnHost.start(host, "Environment=WORKERS=own-environment");
        engine.lease(Duration.ofMinutes(5));
        var request = engine.applyRequest();
        request.put("start_timeout_ms", "1000");
        engine.ask(request);

        assertThat(engine.run("apply").exitCode()).isNotZero();

        engine.awaitRunningHome(Duration.ofSeconds(10));
        assertThat(engine.ledger()).noneMatch(line -> line.contains("canary_activated"));
    }

    @Test
    @DisplayName("with an engine that ignores its stop signal: it is killed after the stop grace")
    void ignoresStop() {
        var engine = EngineOnHost.start(host, "Environment=CANARY=ignores-stop", "Environment=WORKERS=2");
        engine.activate();

        engine.begin("rollback").orThrow();

        engine.awaitRunningHome(Duration.ofSeconds(8));
    }

    @Test
    @DisplayName("with an engine that systemd may not restart: none runs with an unleased canary")
    void mayNotRestart() throws InterruptedException {
        var ways = List.of(
                "mv /etc/systemd/system/UNIT /usr/lib/systemd/system/; systemctl mask UNIT",
                "printf '[Unit]\\nRefuseManualStop=yes\\n' >/etc/systemd/system/UNIT.d/x.conf; systemctl daemon-reload");
        Trials.tryAll(ways, way -> {
            var engine = EngineOnHost.start(host);
            engine.activate();
            host.shell(way.replace("UNIT", engine.unit)).orThrow();
            assertThat(engine.property("LoadState") + engine.property("RefuseManualStop"))
                    .isIn("maskedno", "loadedyes");

            engine.run("rollback").orThrow();

            engine.awaitHome();
        });
    }

    @Test
    @DisplayName(
            "when the engine reached its start limit, loads for longer than the lease, or was restarted by its package")
    void restartsOfOthers() throws InterruptedException {
        var startLimit = "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2";
        Trials.tryAll(List.of("start limit", "slow", "upgraded"), way -> {
            var engine = EngineOnHost.start(
                    host,
                    way.equals("slow") ? "Environment=CANARY=never-starts" : "",
                    way.equals("start limit") ? startLimit : "");
            if (way.equals("slow")) {
                engine.lease(Duration.ofSeconds(4));
                engine.ask(engine.applyRequest());
                engine.run("apply");
            } else {
                engine.activate();
            }
            if (way.equals("upgraded")) {
                host.shell(
                                "sed -i 's/^TimeoutStopSec=.*/TimeoutStopSec=61/' /etc/systemd/system/%1$s; systemctl daemon-reload; systemctl restart %1$s"
                                        .formatted(engine.unit))
                        .orThrow();
            }

            if (!way.equals("slow")) {
                engine.asAgent("rm lease").orThrow();
            }

            engine.awaitRunningHome(AMONG_OTHERS);
            assertThat(engine.ledger())
                    .last()
                    .asString()
                    .contains(way.equals("slow") ? "\"trigger\":\"lease_lapsed\"" : "\"trigger\":\"lease_missing\"");
        });
    }

    @Test
    @DisplayName("with the engine's new version, when its package replaced unit and program in the middle of a canary")
    void upgraded() {
        var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
        engine.activate();
        host.shell("""
                sed 's/^systemd-notify/VERSION=2 &/' /usr/local/bin/engine >/usr/local/bin/%1$s-2
                chmod 755 /usr/local/bin/%1$s-2
                sed 's,^ExecStart=.*,ExecStart=/usr/local/bin/%1$s-2,' /etc/systemd/system/%1$s.service >/root/new
                mv /root/new /etc/systemd/system/%1$s.service
                systemctl daemon-reload
                systemctl restart %1$s.service
                """.formatted(engine.name)).orThrow();
        assertThat(engine.environments())
                .isNotEmpty()
                .allMatch(environment -> environment.contains("QSC_CANARY_MODEL=patchtst "));

        var deadline = engine.lease(Duration.ofSeconds(2));

        engine.awaitRunningHome(Duration.ofSeconds(2).plus(AT_ONCE));
        var startedAt = Long.parseLong(engine.property("ExecMainStartTimestampMonotonic")) / 1000;
        assertThat(startedAt - deadline).isBetween(0L, 3000L);
        assertThat(engine.property("ExecStart")).contains(engine.name + "-2");
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"lease_lapsed\"");
    }

    @Test
    @DisplayName("without D-Bus and polkit, and with a read-only /etc and a ledger that nobody can write")
    void hostFallsApart() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.shell("""
                systemctl stop dbus.socket dbus.service polkit.service
                for tree in /etc /var/log/qsc; do mount --bind $tree $tree; mount -o remount,bind,ro $tree; done
                """).orThrow();
        try {
            engine.asAgent("rm lease").orThrow();

            await().atMost(AMONG_OTHERS)
                    .untilAsserted(() -> assertThat(engine.armed()).isEmpty());
            assertThat(engine.environments())
                    .isNotEmpty()
                    .noneMatch(environment -> environment.contains("QSC_CANARY_"));
            assertThat(engine.journal("guard"))
                    .contains("qsc_canary.conf cannot be removed", "the ledger could not be");
        } finally {
            host.shell("umount /etc /var/log/qsc; systemctl start dbus.socket dbus.service polkit.service")
                    .orThrow();
        }
    }

    @Test
    @DisplayName("on a host so busy that a tick of its guard takes longer than a second")
    void busy() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.shell("""
                mv /usr/bin/readlink /usr/bin/readlink.real
                printf '#!/bin/sh\nsleep 1.1\nexec readlink.real "$@"\n' >/usr/bin/readlink
                chmod 755 /usr/bin/readlink
                """).orThrow();
        try {
            engine.asAgent("rm lease").orThrow();
            engine.awaitRunningHome(Duration.ofSeconds(30));
        } finally {
            host.shell("mv /usr/bin/readlink.real /usr/bin/readlink").orThrow();
        }
    }

    @Test
    @DisplayName("with full disks, and the ledger still tells")
    void fullDisks() throws Exception {
        var ledger = "/var/log/qsc";
        host.shell("mount -t tmpfs -o size=256k,mode=0750,gid=qsc-agent qsc " + ledger)
                .orThrow();
        var engine = EngineOnHost.start(host);
        var state = "/var/lib/qsc/" + engine.unit;
        host.shell("cp -a %1$s /root/ && mount -t tmpfs -o size=256k,mode=0755 qsc %1$s && cp -a /root/%2$s/. %1$s"
                        .formatted(state, engine.unit))
                .orThrow();
        try {
            engine.activate();
            host.shell("for disk in %s %s; do cat /dev/zero >$disk/filler || true; done".formatted(ledger, state));

            engine.begin("rollback").orThrow();

            engine.awaitRunningHome(AT_ONCE);
            assertThat(engine.ledger()).hasSize(2).last().asString().contains("rollback_executed");
            Ledger.assertChained(engine.read(ledger + "/qsc_canary.jsonl")
                    .orElseThrow()
                    .lines()
                    .toList());
        } finally {
            host.shell("umount -l %s %s".formatted(ledger, state));
        }
    }

    @Test
    @DisplayName("when the record of what is armed is torn")
    void tornRecord() {
        var engine = EngineOnHost.start(host);
        engine.activate();

        host.shell(
                "printf 'rollout=trading/patchtst\\nuid=' >/var/lib/qsc/%1$s/armed.torn; mv /var/lib/qsc/%1$s/armed.torn /var/lib/qsc/%1$s/armed"
                        .formatted(engine.unit));

        await().atMost(AMONG_OTHERS)
                .untilAsserted(() -> assertThat(engine.exists("/var/lib/qsc/" + engine.unit + "/armed"))
                        .isFalse());
        assertThat(engine.environments()).isNotEmpty().noneMatch(environment -> environment.contains("QSC_CANARY_"));
        assertThat(engine.ledger()).last().asString().contains("\"trigger\":\"record_invalid\"");
    }

    @Test
    @DisplayName("and mends a ledger whose last write was cut short, with a record that says so")
    void tornLedger() throws Exception {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.shell("printf '{\"timestamp\":\"2026-0' >>/var/log/qsc/qsc_canary.jsonl")
                .orThrow();

        engine.run("rollback").orThrow();

        var lines = engine.read("/var/log/qsc/qsc_canary.jsonl")
                .orElseThrow()
                .lines()
                .toList();
        assertThat(lines.get(lines.size() - 2)).contains("\"action\":\"ledger_mended\"", "\"torn_bytes\":20");
        Ledger.assertChained(lines);
    }

    @Test
    @DisplayName("and tells a ledger that somebody holds, as soon as it is free")
    void heldLedger() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.shell("systemd-run --unit=holder flock /var/log/qsc/.lock sleep infinity")
                .orThrow();
        try {
            engine.asAgent("rm lease").orThrow();
            await().atMost(AMONG_OTHERS)
                    .until(() -> engine.read("/run/qsc/" + engine.unit + "/homeward")
                            .filter(homeward -> homeward.matches("(?s).*\\nproved=\\d+\\n.*"))
                            .isPresent());
            assertThat(engine.ledger()).hasSize(1);
        } finally {
            host.exec("systemctl", "stop", "holder").orThrow();
        }

        engine.awaitRunningHome(AMONG_OTHERS);
        assertThat(engine.ledger()).hasSize(2).last().asString().contains("\"trigger\":\"lease_missing\"");
    }

    @Test
    @DisplayName("and sets a large ledger aside without breaking its chain")
    void largeLedger() throws Exception {
        var engine = EngineOnHost.start(host);
        engine.activate();
        var append = """
                set -- %s
                . /usr/lib/qsc/helper.sh
                ledger_largest=%s
                append test_record '"evidence":null'
                """;
        host.shell(append.formatted(engine.name, "1")).orThrow();
        // A crash between two renames leaves the ledger under both names.
        host.shell("cd /var/log/qsc; : >qsc_canary.jsonl.new; ln qsc_canary.jsonl $(printf 'qsc_canary.%012d.jsonl' "
                        + "$(sed -n '1s/.*\"seq\":\\([0-9]*\\).*/\\1/p' qsc_canary.jsonl))")
                .orThrow();
        host.shell(append.formatted(engine.name, "1")).orThrow();

        engine.run("rollback").orThrow();

        assertThat(engine.ledger()).singleElement().asString().contains("rollback_executed");
        assertThat(host.exec("stat", "--format=%a %U %G", "/var/log/qsc/qsc_canary.jsonl")
                        .stdout())
                .isEqualTo("640 root qsc-agent\n");
        var all = host.shell(
                        "cd /var/log/qsc; ls qsc_canary.*jsonl | wc -l; cat qsc_canary.*.jsonl qsc_canary.jsonl; rm qsc_canary.*")
                .orThrow()
                .stdout()
                .lines()
                .toList();
        assertThat(all.getFirst()).isEqualTo("3");
        Ledger.assertChained(all.subList(1, all.size()));
    }

    @Test
    @DisplayName("and leaves a unit stopped that an administrator stopped")
    void stoppedStaysStopped() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.exec("systemctl", "stop", engine.unit).orThrow();

        engine.run("rollback").orThrow();

        engine.awaitHome();
        assertThat(engine.property("ActiveState")).isEqualTo("inactive");
    }

    @Test
    @DisplayName("through a storm of daemon-reload")
    void reloads() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        engine.lease(Duration.ofSeconds(2));

        host.exec("systemd-run", "--quiet", "--unit=storm", "sh", "-c", "while :; do systemctl daemon-reload; done")
                .orThrow();
        try {
            engine.awaitHome();
        } finally {
            host.exec("systemctl", "stop", "storm");
        }
    }

    @Test
    @DisplayName("on a start of the engine after the lease has lapsed, before the guard looks")
    void lapsedAtStart() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.exec("systemctl", "stop", "qsc-guard@" + engine.name + ".timer").orThrow();
        engine.asAgent("rm lease");

        host.exec("systemctl", "restart", engine.unit).orThrow();

        assertThat(engine.environments()).isNotEmpty().noneMatch(environment -> environment.contains("QSC_CANARY_"));
        var invocation = engine.property("InvocationID");
        host.exec("systemctl", "start", "qsc-guard@" + engine.name + ".timer").orThrow();
        engine.awaitRunningHome(AT_ONCE);
        assertThat(engine.property("InvocationID")).isEqualTo(invocation);
    }

    @Test
    @DisplayName("while another helper is stopped within the lock")
    void stoppedInLock() {
        var engine = EngineOnHost.start(host);
        engine.activate();
        host.exec(
                        "systemd-run",
                        "--quiet",
                        "--unit=holder",
                        "flock",
                        "/run/qsc/" + engine.unit + "/lock",
                        "sleep",
                        "60")
                .orThrow();
        try {
            engine.asAgent("rm lease");
            engine.awaitRunningHome(Duration.ofSeconds(10));
        } finally {
            host.exec("systemctl", "stop", "holder");
        }
    }

    @Test
    @DisplayName("when apply or promote is stopped for longer than the lease")
    void stoppedHelper() throws InterruptedException {
        var ways = List.of("apply 0.1", "apply 0.4", "apply 0.8", "promote 0.1", "promote 0.4", "promote 0.8");
        Trials.tryAll(ways, way -> {
            var helper = way.split(" ", 2)[0];
            var delay = way.split(" ", 2)[1];
            var engine = EngineOnHost.start(host, "Environment=WORKERS=2");
            if (helper.equals("promote")) {
                engine.activate();
                var promotion = UUID.randomUUID().toString();
                engine.leaseBoth(promotion, Duration.ofSeconds(5));
                engine.ask(engine.promoteRequest(promotion));
            } else {
                engine.lease(Duration.ofSeconds(5));
                engine.ask(engine.applyRequest());
            }

            host.shell(
                    "systemctl start --no-block qsc-%1$s@%2$s; sleep %3$s; systemctl kill --signal=STOP qsc-%1$s@%2$s || true"
                            .formatted(helper, engine.unit, delay));

            await().atMost(AMONG_OTHERS)
                    .untilAsserted(() -> assertThat(engine.armed()).isEmpty());
            assertThat(engine.environments())
                    .isNotEmpty()
                    .noneMatch(environment -> environment.contains("QSC_CANARY_"));
        });
    }
}
