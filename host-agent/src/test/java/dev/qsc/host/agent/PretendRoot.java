package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A host in a directory, whose helpers do at once what root's would: they read the request and write the records. Their
 * order, proofs and checks are tested with the true ones on a booted host.
 */
final class PretendRoot implements Systemd {
    static final String UNIT = "quantum-ai_engine.service";
    static final String BASELINE = "{\"lgbm\":0.25,\"nhits\":0.5,\"xgb\":0.25}\n";

    private final HostFiles files;
    private final List<String> started = new ArrayList<>();
    private final Map<String, String> engine = new LinkedHashMap<>(Map.of(
            "ActiveState", "active",
            "SubState", "running",
            "ActiveEnterTimestamp", "Sat 2026-01-10 05:43:15.000123 UTC",
            "InvocationID", "0123456789abcdef0123456789abcdef",
            "NRestarts", "0",
            "StatusText", "weights_digest=" + "a".repeat(64)));
    private String helperState = "inactive";
    private String helperChanged = "Thu 2099-01-01 00:00:00.000000 UTC";
    private boolean deaf;
    private String refusal;

    PretendRoot(Path root) {
        files = new HostFiles(root);
        put(files.listed(UNIT), "# limits\nmax_lease: 3m\nmax_total: 24h\nstop_grace: 10s\nsoak: 2s\n");
        put(files.baseline(UNIT), BASELINE);
        put(files.uptime(), "1000.00 4000.00\n");
    }

    HostFiles files() {
        return files;
    }

    /** The helpers that were started, in order, each with the verb it found. */
    synchronized List<String> started() {
        return List.copyOf(started);
    }

    /** From now on helpers start, and do nothing. */
    void deaf(String state) {
        deaf = true;
        helperState = state;
    }

    /** The helpers' state is from before any request. */
    void stale() {
        helperChanged = "Thu 1970-01-01 00:00:00.000000 UTC";
    }

    /** From now on the manager refuses to start anything. */
    void refuse(String words) {
        refusal = words;
    }

    void uptime(String seconds) {
        put(files.uptime(), seconds + " 0.00\n");
    }

    @Override
    public List<Map<String, String>> show(List<String> units) {
        return units.stream()
                .map(unit -> unit.startsWith("qsc-")
                        ? Map.of(
                                "ActiveState", helperState,
                                "StateChangeTimestamp", helperChanged,
                                "Result", "exit-code")
                        : Map.copyOf(engine))
                .toList();
    }

    @Override
    public synchronized void start(String unit) {
        KeyValues request =
                HostFiles.read(files.request(UNIT)).flatMap(KeyValues::parse).orElseThrow();
        if (refusal != null) {
            throw new HostException(refusal);
        }
        started.add(unit + " " + request.text("verb"));
        if (!deaf) {
            act(request);
        }
    }

    @Override
    public void run(String unit, Duration within) {
        start(unit);
    }

    @Override
    public String version() {
        return "252 (pretended)";
    }

    private void act(KeyValues request) {
        switch (request.text("verb")) {
            case "apply" -> apply(request);
            case "promote" -> {
                arm(request, Armed.Stage.promoted, Armed.read(files.armed(UNIT)).orElseThrow());
                observe(request, CanaryState.Promoted);
            }
            case "confirm" -> {
                fence(request, CanaryState.Promoted, 0);
                delete(files.armed(UNIT));
            }
            case "rollback" -> {
                fence(request, CanaryState.Home, request.number("sequence"));
                delete(files.armed(UNIT));
            }
            case "fence" -> fence(request, CanaryState.Active, 0);
            default -> {
                // A record changes nothing but the ledger.
            }
        }
    }

    private void apply(KeyValues request) {
        Map<String, BigDecimal> shares = HostFiles.read(files.request(UNIT))
                .orElseThrow()
                .lines()
                .filter(line -> line.startsWith("weight="))
                .map(line -> line.substring("weight=".length()).split(" ", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> new BigDecimal(pair[1]), (a, b) -> b, TreeMap::new));
        arm(
                request,
                Armed.Stage.active,
                new Armed(
                        null,
                        null,
                        null,
                        (int) request.number("step"),
                        request.text("model"),
                        (int) request.number("percent"),
                        Weights.of(shares).digest(),
                        request.text("old_digest"),
                        null));
        fence(request, CanaryState.Active, 0);
        observe(request, CanaryState.Active);
    }

    private void arm(KeyValues request, Armed.Stage stage, Armed canary) {
        put(
                files.armed(UNIT),
                identity(request) + "step=" + canary.step() + "\nmodel=" + canary.model() + "\npercent="
                        + canary.percent() + "\nnew_digest=" + canary.digest() + "\nold_digest="
                        + canary.oldDigest() + "\nstage=" + stage + "\nend\n");
    }

    private void fence(KeyValues request, CanaryState state, long tombstone) {
        put(
                files.fences(UNIT).resolve(request.text("uid")),
                identity(request) + "tombstone=" + tombstone + "\nstate=" + state
                        + "\nmessage=as asked\nat=2026-01-10T06:00:00Z\nend\n");
    }

    private void observe(KeyValues request, CanaryState state) {
        put(
                files.observed(UNIT),
                "operation=" + request.text("operation") + "\nstate=" + state
                        + "\ninvocation_id=0123456789abcdef0123456789abcdef\nat=2026-01-10T06:00:00Z\nmessage=\nend\n");
    }

    private static String identity(KeyValues request) {
        return List.of("rollout", "uid", "operation", "sequence", "epoch", "holder").stream()
                .map(key -> key + "=" + request.text(key) + "\n")
                .collect(Collectors.joining());
    }

    static void put(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
