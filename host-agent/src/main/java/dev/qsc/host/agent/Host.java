package dev.qsc.host.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.Problem;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The host: what it is, and a desk for each of its units. */
final class Host {
    private static final JsonMapper JSON = AgentJson.strict();

    private final HostFiles files;
    private final BootClock clock;
    private final Systemd systemd;
    private final Supplier<Instant> certificateNotAfter;
    private final String systemdVersion;
    private final Map<String, UnitDesk> desks = new ConcurrentHashMap<>();

    Host(HostFiles files, BootClock clock, Systemd systemd, Supplier<Instant> certificateNotAfter) {
        this.files = files;
        this.clock = clock;
        this.systemd = systemd;
        this.certificateNotAfter = certificateNotAfter;
        this.systemdVersion = systemd.version();
    }

    /** What it is. */
    HostFacts facts() {
        JsonNode head = ledgerHead();
        return new HostFacts(
                hostname(),
                Agent.version(),
                systemdVersion,
                units(),
                certificateNotAfter.get(),
                head.path("hash").asText(null),
                head.path("seq").asLong(0),
                clock.now());
    }

    /**
     * The desk of a unit: a listed one, or one that was listed and still has a canary to bring home.
     *
     * @throws RefusedException for any other
     */
    UnitDesk desk(String unit) {
        boolean known = Helper.canServe(unit) && (Files.exists(files.listed(unit)) || Files.exists(files.armed(unit)));
        if (!known) {
            throw new RefusedException(Problem.Kind.UNKNOWN_UNIT.detail(
                    "this unit is not listed in /etc/qsc-agent/units.d: enrol it there with qsc-enroll"));
        }
        return desks.computeIfAbsent(unit, name -> new UnitDesk(name, files, clock, systemd));
    }

    /** The ledger of all units. */
    Ledger ledger() {
        return new Ledger(files.ledger());
    }

    /** Whether a canary is here, or on its way home. */
    boolean isArmed() {
        return files.isArmed();
    }

    private List<String> units() {
        return HostFiles.list(files.listings()).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".yaml"))
                .map(name -> name.substring(0, name.length() - ".yaml".length()))
                .filter(Helper::canServe)
                .toList();
    }

    /** The last record that is whole; missing when there is none. */
    private JsonNode ledgerHead() {
        String tail = HostFiles.tail(files.ledger());
        List<String> lines =
                tail.substring(0, tail.lastIndexOf('\n') + 1).lines().toList();
        try {
            return lines.isEmpty() ? JSON.missingNode() : JSON.readTree(lines.getLast());
        } catch (JsonProcessingException e) {
            throw new HostException(files.ledger() + " does not end with a record", e);
        }
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
