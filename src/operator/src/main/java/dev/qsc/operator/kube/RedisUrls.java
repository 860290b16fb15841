package dev.qsc.operator.kube;

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
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Redis URLs that rollouts name by Secret. Each Secret is read by itself, so that the operator needs no right to
 * list them, and again after half a minute, so that a changed password is seen.
 */
@Singleton
public class RedisUrls {
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final KubernetesClient kubernetes;
    private final Clock clock;
    private final Map<Place, Known> known = new ConcurrentHashMap<>();

    private record Place(String namespace, String secret, String key) {
        @Override
        public String toString() {
            return "the Secret %s/%s".formatted(namespace, secret);
        }
    }

    private record Known(String url, Instant since) {}

    /** There is no URL to be had; the message says why and what to do. */
    public static final class NoUrlException extends Exception {
        private static final long serialVersionUID = 1L;

        NoUrlException(String message) {
            super(message);
        }
    }

    RedisUrls(KubernetesClient kubernetes, Clock clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
    }

    /**
     * The URL in a Secret; blocks while the Secret is read.
     *
     * @throws NoUrlException when the Secret or its key is missing or may not be read
     */
    public String read(String namespace, String secret, String key) throws NoUrlException {
        Place place = new Place(namespace, secret, key);
        Instant now = clock.instant();
        Known before = known.get(place);
        if (before != null && now.isBefore(before.since().plus(FRESH))) {
            return before.url();
        }
        String url = url(place);
        known.put(place, new Known(url, now));
        return url;
    }

    private String url(Place place) throws NoUrlException {
        Secret secret = secret(place);
        String encoded = secret.getData().get(place.key());
        if (encoded == null) {
            throw new NoUrlException("%s has no key %s: put the Redis URL there".formatted(place, place.key()));
        }
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).strip();
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
