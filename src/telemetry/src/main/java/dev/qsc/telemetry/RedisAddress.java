package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach a Redis server.
 *
 * @param tls whether the connection is encrypted ({@code rediss})
 * @param host name or address
 * @param port TCP port
 * @param database number of the database
 * @param user ACL user; empty for the server's default user
 * @param password secret; never in a message or in {@link #toString}
 * @param ca certificates to trust, PEM; empty for those of the Java runtime
 */
public record RedisAddress(
        boolean tls,
        String host,
        int port,
        int database,
        Optional<String> user,
        Optional<String> password,
        Optional<String> ca) {
    private static final int DEFAULT_PORT = 6379;

    private static final Pattern URL = Pattern.compile("(?<scheme>rediss?)://"
            + "((?<user>[^:@/?#]*)(:(?<password>[^@/?#]*))?@)?"
            + "(\\[(?<ip6>[0-9A-Fa-f:.]+)]|(?<host>[^\\[\\]:@/?#\\s]+))"
            + "(:(?<port>[0-9]{1,5}))?"
            + "(/(?<database>[0-9]{0,5}))?");

    private static final String EXPECTED =
            "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS; reserved characters in user and"
                    + " password are written as %XX";

    /**
     * Reads a URL.
     *
     * @throws TelemetryException when it is none; the message does not repeat it, for it may hold a password
     */
    public static RedisAddress parse(String url) {
        Matcher parts = URL.matcher(url.strip());
        if (!parts.matches()) {
            throw bad("The Redis URL cannot be read; expected is " + EXPECTED);
        }
        int port = parts.group("port") == null ? DEFAULT_PORT : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65_535) {
            throw bad("The Redis URL names port " + port + "; a port is 1 to 65535");
        }
        Optional<String> user = decoded(parts.group("user"));
        Optional<String> password = decoded(parts.group("password"));
        if (user.isPresent() && password.isEmpty()) {
            throw bad("The Redis URL names a user without a password; expected is " + EXPECTED);
        }
        String database = parts.group("database");
        return new RedisAddress(
                parts.group("scheme").equals("rediss"),
                parts.group("ip6") != null ? parts.group("ip6") : parts.group("host"),
                port,
                database == null || database.isEmpty() ? 0 : Integer.parseInt(database),
                user,
                password,
                Optional.empty());
    }

    private static Optional<String> decoded(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), UTF_8));
        } catch (IllegalArgumentException e) {
            throw bad("User or password of the Redis URL hold a % that is not part of %XX; write it as %25");
        }
    }

    private static TelemetryException bad(String message) {
        return new TelemetryException(TelemetryException.Kind.BAD_ADDRESS, message);
    }

    /** The same server, trusted by these certificates (PEM) instead of those of the Java runtime. */
    public RedisAddress withCa(String pem) {
        return new RedisAddress(tls, host, port, database, user, password, Optional.of(pem));
    }

    /** Scheme, host, port and database; no user, no password. */
    @Override
    public String toString() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return (tls ? "rediss://" : "redis://") + shown + ":" + port + (database == 0 ? "" : "/" + database);
    }
}
