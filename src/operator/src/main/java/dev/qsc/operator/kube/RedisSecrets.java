package dev.qsc.operator.kube;

import dev.qsc.telemetry.RedisAddress;
import dev.qsc.telemetry.TelemetryException;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How to reach the Redis servers that rollouts name by Secret. Each Secret is read by itself, so that the operator
 * needs no right to list them, and again after half a minute, so that a changed password is seen.
 */
@Singleton
public class RedisSecrets {
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** Where Secrets with certificates keep the authority's, by convention. */
    private static final String CA = "ca.crt";

    private final KubernetesClient kubernetes;
    private final Clock clock;
    private final Map<Place, Known> known = new ConcurrentHashMap<>();

    private record Place(String namespace, String secret, String key) {
        @Override
        public String toString() {
            return "the Secret %s/%s".formatted(namespace, secret);
        }
    }

    private record Known(RedisAddress address, Instant since) {}

    /** There is no URL to be had; the message says why and what to do. */
    public static final class NoUrlException extends Exception {
        private static final long serialVersionUID = 1L;

        NoUrlException(String message) {
            super(message);
        }
    }

    RedisSecrets(KubernetesClient kubernetes, Clock clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
    }

    /**
     * The server whose URL a Secret holds, with the authority that the Secret holds, if it does; blocks while the
     * Secret is read.
     *
     * @throws NoUrlException when the Secret or its key is missing or may not be read
     * @throws TelemetryException when what it holds is no URL
     */
    public RedisAddress read(String namespace, String secret, String key) throws NoUrlException {
        Place place = new Place(namespace, secret, key);
        Instant now = clock.instant();
        Known before = known.get(place);
        if (before != null && now.isBefore(before.since().plus(FRESH))) {
            return before.address();
        }
        RedisAddress address = address(place);
        known.put(place, new Known(address, now));
        return address;
    }

    private RedisAddress address(Place place) throws NoUrlException {
        Map<String, String> data = Objects.requireNonNullElse(secret(place).getData(), Map.of());
        String url = data.get(place.key());
        if (url == null) {
            throw new NoUrlException("%s has no key %s: put the Redis URL there".formatted(place, place.key()));
        }
        RedisAddress address = RedisAddress.parse(decoded(url));
        return data.containsKey(CA) ? address.withCa(decoded(data.get(CA))) : address;
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private Secret secret(Place place) throws NoUrlException {
        try {
            Secret secret = kubernetes
                    .secrets()
                    .inNamespace(place.namespace())
                    .withName(place.secret())
                    .get();
            if (secret == null) {
                throw new NoUrlException("%s does not exist: create it with the Redis URL under the key %s"
                        .formatted(place, place.key()));
            }
            return secret;
        } catch (KubernetesClientException e) {
            throw new NoUrlException(
                    e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                            ? "the operator may not read %s: bind the ClusterRole qsc-operator-secrets to it in this namespace"
                                    .formatted(place)
                            : "%s cannot be read from the API server: %s".formatted(place, e.getMessage()));
        }
    }
}
