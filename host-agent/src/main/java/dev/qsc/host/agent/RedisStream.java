package dev.qsc.host.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A stream that root lists in {@code agent.yaml}.
 *
 * @param tls whether the connection is encrypted ({@code rediss})
 * @param host name or address
 * @param port TCP port
 * @param database number of the database
 * @param login user and password, the password alone, or nothing; never in a message
 * @param ca PEM file with the authorities that sign this Redis; empty for those of the Java runtime
 * @param key the stream's key
 */
record RedisStream(
        boolean tls, String host, int port, int database, List<String> login, Optional<Path> ca, String key) {
    private static final int DEFAULT_PORT = 6379;
    private static final String EXPECTED = "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS";

    /**
     * The stream at a URL.
     *
     * @throws IllegalArgumentException when it is none; the message does not repeat it, for it may hold a password
     */
    static RedisStream at(String url, Optional<Path> ca, String key) {
        try {
            URI uri = new URI(url);
            String path = Optional.ofNullable(uri.getPath()).orElse("");
            boolean good = List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && path.matches("(/[0-9]{0,5})?");
            if (!good) {
                throw new IllegalArgumentException(EXPECTED);
            }
            return new RedisStream(
                    uri.getScheme().equals("rediss"),
                    uri.getHost().replaceAll("[\\[\\]]", ""),
                    uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                    path.length() > 1 ? Integer.parseInt(path.substring(1)) : 0,
                    login(uri.getRawUserInfo()),
                    ca,
                    key);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(EXPECTED);
        }
    }

    private static List<String> login(String userInfo) {
        if (userInfo == null || userInfo.isEmpty()) {
            return List.of();
        }
        List<String> both = List.of(userInfo.split(":", 2)).stream()
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        if (both.size() != 2) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return both.getFirst().isEmpty() ? both.subList(1, 2) : both;
    }

    /** Where it is; no user, no password. */
    @Override
    public String toString() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return (tls ? "rediss://" : "redis://") + shown + ":" + port + (database == 0 ? "" : "/" + database);
    }
}
