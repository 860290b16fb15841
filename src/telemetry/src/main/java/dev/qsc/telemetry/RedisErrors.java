package dev.qsc.telemetry;

import dev.qsc.telemetry.TelemetryException.Kind;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Makes one sentence of whatever can go wrong with Redis. */
final class RedisErrors {
    /** @param sentence with {@code {redis}} and {@code {key}} for the places */
    private record Explanation(Predicate<JedisException> matches, Kind kind, String sentence) {}

    /** The first one that matches explains. */
    private static final List<Explanation> EXPLANATIONS = List.of(
            new Explanation(
                    says("NOPERM"),
                    Kind.REFUSED_LOGIN,
                    "{redis} does not let the user read '{key}'; grant it +xread +xrevrange +type +time ~{key}"),
            new Explanation(
                    JedisAccessControlException.class::isInstance,
                    Kind.REFUSED_LOGIN,
                    "{redis} refused the login; check user and password of the Redis URL"),
            new Explanation(says("WRONGTYPE"), Kind.NOT_A_STREAM, "'{key}' at {redis} is not a stream; check the name"),
            new Explanation(
                    says("LOADING"), Kind.UNREACHABLE, "{redis} is still loading its data; wait until it is done"),
            new Explanation(
                    causedBy(SSLException.class),
                    Kind.TLS,
                    "No trusted TLS connection to {redis}; check its certificate, its name and the CA"),
            new Explanation(
                    RedisErrors::isTimeout, Kind.TIMED_OUT, "{redis} did not answer in time; check that it is up"),
            new Explanation(
                    causedBy(UnknownHostException.class),
                    Kind.UNREACHABLE,
                    "The host of {redis} is not known; check the name"),
            new Explanation(
                    says("Unknown reply"), Kind.PROTOCOL, "{redis} does not answer as Redis does; check host and port"),
            new Explanation(
                    says("Unexpected end of stream"),
                    Kind.UNREACHABLE,
                    "{redis} closed the connection; check that it is up, and whether it wants TLS (rediss://)"),
            new Explanation(
                    JedisConnectionException.class::isInstance,
                    Kind.UNREACHABLE,
                    "{redis} cannot be reached; check that Redis is up and listens there"));

    private RedisErrors() {}

    static TelemetryException explained(JedisException e, RedisAddress redis, String key) {
        return EXPLANATIONS.stream()
                .filter(explanation -> explanation.matches().test(e))
                .findFirst()
                .map(explanation -> new TelemetryException(
                        explanation.kind(),
                        explanation
                                .sentence()
                                .replace("{redis}", redis.toString())
                                .replace("{key}", key),
                        e))
                .orElseGet(() ->
                        new TelemetryException(Kind.PROTOCOL, redis + " answered with an error: " + e.getMessage(), e));
    }

    static boolean isTimeout(JedisException e) {
        return causedBy(SocketTimeoutException.class).test(e);
    }

    private static Predicate<JedisException> says(String start) {
        return e -> String.valueOf(e.getMessage()).startsWith(start);
    }

    private static Predicate<JedisException> causedBy(Class<? extends Throwable> type) {
        return e -> {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (type.isInstance(cause)) {
                    return true;
                }
            }
            return false;
        };
    }
}
