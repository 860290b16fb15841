package dev.qsc.e2e.host;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ExampleEngine;
import dev.qsc.e2e.lab.Repository;
import dev.qsc.e2e.lab.TestHost;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine of its own on a host that has root's helpers and no agent. The test plays the agent: it writes requests and
 * leases as the agent's user, and starts helpers.
 */
final class EngineOnHost {
    private static final Path ROOT = Repository.file("host-agent/src/main/root");
    private static final Path PROGRAM = Repository.file("src/e2e/src/test/resources/dev/qsc/e2e/host/engine");

    /** What the host may take to tidy up once the engine is on its baseline; much of it is systemd's reload. */
    private static final Duration TIDY = Duration.ofSeconds(20);

    private static final AtomicInteger COUNT = new AtomicInteger();

    final TestHost host;
    final String name = "engine-" + COUNT.incrementAndGet();
    final String unit = name + ".service";
    final String uid = UUID.randomUUID().toString();
    final String operation = UUID.randomUUID().toString();
    final String baselineDigest;

    private EngineOnHost(TestHost host, String... service) {
        this.host = host;
        host.write("/etc/systemd/system/" + unit, """
                [Service]
                Type=notify
                NotifyAccess=all
                ExecStart=/usr/local/bin/engine
                TimeoutStopSec=60
                %s

                [Install]
                WantedBy=multi-user.target
                """.formatted(String.join("\n", service)));
        host.write(
                "/etc/qsc-agent/units.d/" + unit + ".yaml",
                "max_lease: 10m\nmax_total: 1h\nstop_grace: 2s\nsoak: 500ms\n");
        host.write("/root/" + unit + ".json", "{\"xgb\": 0.25, \"lgbm\": 0.25, \"nhits\": 0.5} \n");
        host.shell("systemctl daemon-reload && systemctl enable --now " + unit).orThrow();
        host.exec("qsc-enroll", unit, "/root/" + unit + ".json").orThrow();
        baselineDigest = baseline();
    }

    /** Installs root's half of the host, as its package does. */
    static void prepare(TestHost host) {
        for (var path : List.of(
                "usr/lib/qsc",
                "usr/lib/sysusers.d/qsc.conf",
                "usr/lib/tmpfiles.d/qsc.conf",
                "usr/share/polkit-1/rules.d/50-qsc.rules",
                "usr/sbin/qsc-enroll")) {
            host.copy(ROOT.resolve(path), "/" + path);
        }
        for (var unit : List.of("apply", "promote", "rollback", "record", "guard")) {
            var file = "usr/lib/systemd/system/qsc-" + unit + "@.service";
            host.copy(ROOT.resolve(file), "/" + file);
        }
        var timer = "usr/lib/systemd/system/qsc-guard@.timer";
        host.copy(ROOT.resolve(timer), "/" + timer);
        host.shell(
                        "chmod 755 /usr/lib/qsc/* /usr/sbin/qsc-enroll && systemd-sysusers qsc.conf && systemd-tmpfiles --create qsc.conf && systemctl daemon-reload")
                .orThrow();
        bringEngine(host);
    }

    /** Brings the engine's program to a host that has root's half already. */
    static void bringEngine(TestHost host) {
        host.copy(PROGRAM, "/usr/local/bin/engine");
        host.exec("chmod", "755", "/usr/local/bin/engine").orThrow();
    }

    /** A running engine, listed, on its baseline. */
    static EngineOnHost start(TestHost host, String... service) {
        return new EngineOnHost(host, service);
    }

    /** Takes all engines of a host out of service, so that the next ones have it for themselves. */
    static void retireAll(TestHost host) {
        host.shell("""
                systemctl disable --quiet --now 'qsc-guard@*.timer' 2>/dev/null || true
                for unit in /etc/systemd/system/engine-*.service; do
                  systemctl disable --quiet "${unit##*/}" 2>/dev/null || true
                  systemctl kill --signal=KILL "${unit##*/}" 2>/dev/null || true
                  systemctl stop "${unit##*/}" 2>/dev/null || true
                  rm -rf "$unit" "$unit.d" "/var/lib/qsc/${unit##*/}"
                done
                systemctl daemon-reload
                """).orThrow();
    }

    // ---- what the agent does

    /** The lines of a request to put the canary there; a test may change some. */
    Map<String, String> applyRequest() {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "apply");
        lines.putAll(identity());
        lines.put("attempt", "attempt-1");
        lines.put("operation", operation);
        lines.put("sequence", "1");
        lines.putAll(leader());
        lines.put("step", "0");
        lines.put("model", "patchtst");
        lines.put("percent", "10");
        lines.put("old_digest", baselineDigest);
        lines.put(
                "weight",
                ExampleEngine.CANARY_WEIGHTS.shares().entrySet().stream()
                        .map(share -> share.getKey() + " " + share.getValue().toPlainString())
                        .collect(joining("\nweight=")));
        lines.put("lease_deadline", "1");
        lines.put("start_timeout_ms", "20000");
        lines.put("gate_events", "342");
        lines.put("cutover", "2026-01-10T05:43:15Z");
        lines.put("gate_at", "2026-01-10T06:00:00.125Z");
        lines.put("monitoring_seconds", "21600");
        return lines;
    }

    Map<String, String> promoteRequest(String promotion) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "promote");
        lines.putAll(identity());
        lines.put("operation", promotion);
        lines.put("sequence", "2");
        lines.putAll(leader());
        lines.put("digest", ExampleEngine.CANARY_WEIGHTS.digest());
        lines.put("lease_deadline", "1");
        return lines;
    }

    Map<String, String> confirmRequest(String promotion) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "confirm");
        lines.putAll(identity());
        lines.put("operation", promotion);
        lines.put("sequence", "2");
        lines.putAll(leader());
        return lines;
    }

    Map<String, String> rollbackRequest(long sequence, String... violations) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "rollback");
        lines.putAll(identity());
        lines.put("operation", UUID.randomUUID().toString());
        lines.put("sequence", Long.toString(sequence));
        lines.put("trigger", "qsc_monitor_violation");
        if (violations.length > 0) {
            lines.put("violation", String.join("\nviolation=", violations));
        }
        return lines;
    }

    Map<String, String> fenceRequest(long epoch, String holder) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "fence");
        lines.putAll(identity());
        lines.put("epoch", Long.toString(epoch));
        lines.put("holder", holder);
        return lines;
    }

    Map<String, String> recordRequest() {
        var lines = new LinkedHashMap<String, String>();
        lines.put("verb", "record");
        lines.putAll(identity());
        lines.put("operation", operation);
        lines.put("sequence", "1");
        lines.put("duration_seconds", "21600");
        lines.put("checks", "720");
        return lines;
    }

    private Map<String, String> identity() {
        var lines = new LinkedHashMap<String, String>();
        lines.put("rollout", "trading/patchtst");
        lines.put("uid", uid);
        return lines;
    }

    private static Map<String, String> leader() {
        return Map.of("epoch", "1", "holder", "leader-a");
    }

    void ask(Map<String, String> request) {
        askText(request.entrySet().stream()
                .map(line -> line.getKey() + "=" + line.getValue() + "\n")
                .collect(joining("", "qsc-request 1\n", "end\n")));
    }

    void askText(String request) {
        asAgent("cat >.request <<'REQUEST'\n" + request + "REQUEST\nmv -T .request request")
                .orThrow();
    }

    /** Leases the canary's operation for so long from now; returns when it ends, by the boot clock. */
    long lease(Duration ahead) {
        var deadline = clock() + ahead.toMillis();
        leaseText("lease %s %s 1 %d end\n".formatted(uid, operation, deadline));
        return deadline;
    }

    /** Leases the canary's operation and the one of its promotion. */
    void leaseBoth(String promotion, Duration ahead) {
        leaseText("lease %1$s %2$s 1 %4$d end\nlease %1$s %3$s 1 %4$d end\n"
                .formatted(uid, operation, promotion, clock() + ahead.toMillis()));
    }

    /** Puts this in place of the lease, to the byte; it may hold no single quote. */
    void leaseText(String lease) {
        asAgent("printf %s '" + lease + "' >.lease\nmv -T .lease lease").orThrow();
    }

    /** Runs a script as the agent's user in the directory that is the agent's. */
    Command asAgent(String script) {
        return host.shell("""
                install -d -o qsc-agent -g qsc-agent /run/qsc-agent/%1$s
                cat >/tmp/%1$s.sh <<'AS_AGENT'
                cd /run/qsc-agent/%1$s
                %2$s
                AS_AGENT
                exec setpriv --reuid=qsc-agent --regid=qsc-agent --clear-groups sh -e /tmp/%1$s.sh
                """.formatted(unit, script));
    }

    /** Starts a helper and waits for it. */
    Command run(String verb) {
        return host.exec("systemctl", "start", "qsc-" + verb + "@" + unit);
    }

    Command begin(String verb) {
        return host.exec("systemctl", "start", "--no-block", "qsc-" + verb + "@" + unit);
    }

    /** Puts the canary there under a lease of ten minutes, less a second. */
    void activate() {
        lease(Duration.ofMinutes(10).minusSeconds(1));
        ask(applyRequest());
        assertThat(run("apply").exitCode()).as(() -> journal("apply")).isZero();
        assertThat(armed()).containsEntry("stage", "active");
    }

    /** Makes the canary the baseline, and returns the promotion's operation. */
    String promote() {
        var promotion = UUID.randomUUID().toString();
        leaseBoth(promotion, Duration.ofMinutes(5));
        ask(promoteRequest(promotion));
        run("promote").orThrow();
        assertThat(armed()).containsEntry("stage", "promoted");
        return promotion;
    }

    // ---- what is there

    /** CLOCK_BOOTTIME in milliseconds. */
    long clock() {
        var uptime = read("/proc/uptime").orElseThrow().split(" ", 2)[0];
        return new BigDecimal(uptime).movePointRight(3).longValueExact();
    }

    Optional<String> read(String file) {
        var content = host.exec("cat", file);
        return content.exitCode() == 0 ? Optional.of(content.stdout()) : Optional.empty();
    }

    boolean exists(String file) {
        return host.exec("test", "-e", file).exitCode() == 0;
    }

    private Map<String, String> record(String file) {
        var record = new LinkedHashMap<String, String>();
        read(file).orElse("").lines().filter(line -> line.contains("=")).forEach(line -> {
            var parts = line.split("=", 2);
            record.put(parts[0], parts[1]);
        });
        return record;
    }

    /** The record of what is armed; empty when nothing is. */
    Map<String, String> armed() {
        return record("/var/lib/qsc/" + unit + "/armed");
    }

    Map<String, String> fence() {
        return record("/var/lib/qsc/" + unit + "/fences/" + uid);
    }

    /** The digest that the baseline's link names. */
    String baseline() {
        return host.exec("readlink", "/var/lib/qsc/" + unit + "/baseline_model_weights.json")
                .orThrow()
                .stdout()
                .strip()
                .replaceFirst("weights/(.*)\\.json", "$1");
    }

    String property(String property) {
        return host.exec("systemctl", "show", "--value", "--property=" + property, unit)
                .orThrow()
                .stdout()
                .strip();
    }

    /** The environment of each of the engine's processes. */
    List<String> environments() {
        var script = "for pid in $(cat /sys/fs/cgroup/system.slice/" + unit
                + "/cgroup.procs 2>/dev/null); do tr '\\0' '\\n' </proc/$pid/environ | tr '\\n' ' '; echo; done";
        return host.shell(script).stdout().lines().toList();
    }

    /** The records of this engine in the host's ledger. */
    List<String> ledger() {
        return read("/var/log/qsc/qsc_canary.jsonl")
                .orElse("")
                .lines()
                .filter(line -> line.contains("\"unit\":\"" + unit + "\""))
                .toList();
    }

    /**
     * Waits until the host has called the engine home, and sees for itself: no record, no values, no drop-in, every
     * process clean.
     */
    void awaitHome() {
        await().atMost(TIDY)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(armed()).isEmpty());
        assertThat(exists("/run/qsc/" + unit + "/canary.env")).isFalse();
        assertThat(exists("/etc/systemd/system/" + unit + ".d/qsc_canary.conf")).isFalse();
        assertThat(environments()).noneMatch(environment -> environment.contains("QSC_CANARY_"));
        assertThat(baseline()).isEqualTo(baselineDigest);
        assertThat(fence()).containsEntry("state", "Home");
        assertThat(property("DropInPaths")).doesNotContain("qsc_canary");
    }

    /** Waits until the engine runs on its baseline, which may take no longer than this, and is called home. */
    void awaitRunningHome(Duration patience) {
        await().atMost(patience).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(property("ActiveState")).as(() -> journal("guard")).isEqualTo("active");
            assertThat(environments()).isNotEmpty().noneMatch(environment -> environment.contains("QSC_CANARY_"));
        });
        awaitHome();
    }

    /** Nothing of a canary was ever there. */
    void assertUntouched(String invocationId) {
        assertThat(armed()).isEmpty();
        assertThat(exists("/run/qsc/" + unit + "/canary.env")).isFalse();
        assertThat(exists("/etc/systemd/system/" + unit + ".d")).isFalse();
        assertThat(property("InvocationID")).isEqualTo(invocationId);
        assertThat(baseline()).isEqualTo(baselineDigest);
        assertThat(ledger()).isEmpty();
    }

    String journal(String verb) {
        return host.journal("qsc-" + verb + "@" + unit);
    }
}
