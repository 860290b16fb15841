package dev.qsc.operator.telemetry;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.EngineHost;
import dev.qsc.operator.hosts.Agents;
import dev.qsc.operator.hosts.Hosts;
import dev.qsc.operator.kube.RedisSecrets;
import dev.qsc.operator.kube.RedisSecrets.NoUrlException;
import dev.qsc.telemetry.RedisPlace;
import dev.qsc.telemetry.StreamPlace;
import dev.qsc.telemetry.TelemetryException;
import dev.qsc.telemetry.TelemetryException.Kind;
import jakarta.inject.Singleton;
import java.util.Objects;

/** Finds the stream that a rollout names. */
@Singleton
final class StreamPlaces {
    private final RedisSecrets secrets;
    private final Agents agents;

    StreamPlaces(RedisSecrets secrets, Agents agents) {
        this.secrets = secrets;
        this.agents = agents;
    }

    /**
     * Where it is now; blocks while a Secret is read.
     *
     * @throws NoUrlException when the Secret of its Redis cannot be read
     * @throws TelemetryException when the Secret holds no URL, or there is no such EngineHost
     */
    StreamPlace of(CanaryRollout rollout, Hosts.Directory hosts) throws NoUrlException {
        CanaryRolloutSpec spec = rollout.getSpec();
        CanaryRolloutSpec.ViaHost viaHost = spec.telemetry().viaHost();
        if (viaHost != null) {
            String host = Objects.requireNonNullElse(
                    viaHost.host(), spec.engine().hosts().getFirst());
            return viaHost(host, viaHost.source(), hosts);
        }
        CanaryRolloutSpec.Redis redis = spec.telemetry().redis();
        CanaryRolloutSpec.UrlSecretRef secret = redis.urlSecretRef();
        return new RedisPlace(
                secrets.read(rollout.getMetadata().getNamespace(), secret.name(), secret.key()), redis.stream());
    }

    private StreamPlace viaHost(String name, String source, Hosts.Directory hosts) {
        EngineHost host = hosts.find(name)
                .orElseThrow(() -> new TelemetryException(
                        Kind.BAD_ADDRESS,
                        "there is no EngineHost %s in this namespace to read the stream %s through: create it, or correct telemetry.viaHost"
                                .formatted(name, source)));
        return new RelayedStream.Place(agents, name, host.getSpec(), source);
    }
}
