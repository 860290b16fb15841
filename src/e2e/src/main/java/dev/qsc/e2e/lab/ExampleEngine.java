package dev.qsc.e2e.lab;

import static java.util.regex.Matcher.quoteReplacement;

import dev.qsc.agent.api.Weights;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;

/** The engine of {@code examples/engine} on a host, installed as its README says. */
public final class ExampleEngine {

    /** Its systemd unit. */
    public static final String UNIT = "quantum-ai_engine.service";

    /** The Redis stream that it adds its events to. */
    public static final String STREAM = "quantum:stream:trade.intent";

    /** The model that votes without having a weight in the baseline. */
    public static final String SHADOW_MODEL = "patchtst";

    /** Its weights with the shadow model as a canary at 10 %. */
    public static final Weights CANARY_WEIGHTS = Weights.of(Map.of(
            "xgb",
            new BigDecimal("0.225"),
            "lgbm",
            new BigDecimal("0.225"),
            "nhits",
            new BigDecimal("0.45"),
            SHADOW_MODEL,
            new BigDecimal("0.1")));

    /** The file, on the host, of the weights that it loads unless told otherwise. */
    public static final String BASELINE = "/var/lib/qsc/" + UNIT + "/baseline_model_weights.json";

    private static final String INSTALL = """
            cd /root/engine
            install -m 0755 qsc-example-engine /usr/local/bin/
            install -D -m 0644 engine.conf /etc/qsc-example-engine/engine.conf
            install -D -m 0644 baseline_model_weights.json %s
            install -m 0644 %s /etc/systemd/system/
            systemctl daemon-reload
            systemctl enable --now %s
            """.formatted(BASELINE, UNIT, UNIT);

    private final TestHost host;
    private final Map<String, String> behaviours = new TreeMap<>();

    private ExampleEngine(TestHost host) {
        this.host = host;
    }

    /**
     * Installs the engine, starts it, and returns when it is ready. All its models are healthy.
     *
     * @param redis URL of a Redis that the host reaches
     * @param rate events a second, above 0; 200 is well within reach
     */
    public static ExampleEngine install(TestHost host, String redis, double rate) {
        host.copy(Repository.file("examples/engine"), "/root/engine");
        host.write("/root/engine/engine.conf", configuration(redis, rate));
        host.shell(INSTALL).orThrow();
        return new ExampleEngine(host);
    }

    private static String configuration(String redis, double rate) {
        try {
            return Files.readString(Repository.file("examples/engine/engine.conf"))
                    .replaceFirst("(?m)^redis = .*", quoteReplacement("redis = " + redis))
                    .replaceFirst("(?m)^rate = .*", "rate = " + rate);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the engine's configuration: " + e.getMessage(), e);
        }
    }

    /** Starts it anew, with another Redis for its events. */
    public void publishTo(String redis) {
        host.shell("""
                sed -i 's|^redis = .*|redis = %s|' /etc/qsc-example-engine/engine.conf
                systemctl restart %s
                """.formatted(redis, UNIT)).orThrow();
    }

    /**
     * From its next event on, or its next start, a model behaves differently.
     *
     * @param model its name, or {@code *} for all that have no behaviour of their own
     * @param behaviour one of the table in the engine's README, such as {@code collapse} or {@code slow-start:30}
     */
    public void behave(String model, String behaviour) {
        behaviours.put(model, behaviour);
        host.write("/etc/qsc-example-engine/behaviour.json", Serialization.asJson(behaviours));
    }
}
