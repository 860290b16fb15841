package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A stream in Redis. It connects with the first call, keeps one connection, and makes a new one after a failure. It
 * uses {@code XREAD}, {@code XREVRANGE}, {@code TYPE} and {@code TIME}, and nothing that writes. Thread-safe: calls
 * wait for each other.
 */
public final class RedisStream implements EventSource {
    /** A server in the next rack answers in a millisecond; one that needs longer than this is down. */
    private static final int CONNECT_MILLIS = 2_000;

    /** A server that hangs must not hold up a check, let alone a rollback. */
    private static final int ANSWER_MILLIS = 5_000;

    /** Well below the time in which an answer must come. */
    private static final int BLOCK_MILLIS = 2_000;

    private final RedisAddress address;
    private final String key;
    private final DefaultJedisClientConfig config;
    private Connection connection;

    private RedisStream(RedisAddress address, String key) {
        this.address = address;
        this.key = key;
        this.config = config(address);
    }

    /**
     * A stream that is read as soon as it is asked for.
     *
     * @param key the stream's key
     * @throws TelemetryException when the CA cannot be read
     */
    public static RedisStream open(RedisAddress address, String key) {
        return new RedisStream(address, key);
    }

    private static DefaultJedisClientConfig config(RedisAddress address) {
        var config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(CONNECT_MILLIS)
                .socketTimeoutMillis(ANSWER_MILLIS)
                .database(address.database())
                .user(address.user().orElse(null))
                .password(address.password().orElse(null))
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (address.tls()) {
            config.ssl(true).sslSocketFactory(Tls.sockets(address.ca())).sslParameters(Tls.checkingTheHostName());
        }
        return config.build();
    }

    @Override
    public Page backward(StreamId newest, StreamId oldest, int count) {
        List<StreamEntry> entries = call(RedisStream::entries, Command.XREVRANGE, key, newest, oldest, "COUNT", count);
        if (entries.isEmpty()) {
            requireStream();
        }
        return Pages.of(entries, count);
    }

    /** An absent key reads like an empty stream, but is most often a wrong name. */
    private void requireStream() {
        if (call(RedisStream::text, Command.TYPE, key).equals("none")) {
            throw new TelemetryException(
                    Kind.NO_SUCH_STREAM,
                    "%s has no stream '%s'; check the name, and that the engine writes to it".formatted(address, key));
        }
    }

    @Override
    public Page after(StreamId last, int count, Duration wait) {
        List<StreamEntry> entries = wait.isPositive()
                ? await(last, count, wait)
                : call(RedisStream::added, Command.XREAD, "COUNT", count, "STREAMS", key, last);
        if (entries.isEmpty()) {
            requireStream();
        }
        return Pages.of(entries, count);
    }

    /** A connection that is lost while nothing comes is no failure: the next call says whether Redis is there. */
    private List<StreamEntry> await(StreamId last, int count, Duration wait) {
        try {
            return call(RedisStream::added, Command.XREAD, "COUNT", count, "BLOCK", millis(wait), "STREAMS", key, last);
        } catch (TelemetryException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                return List.of();
            }
            throw e;
        }
    }

    private static long millis(Duration wait) {
        return Math.clamp(wait.toMillis(), 1, BLOCK_MILLIS);
    }

    @Override
    public Instant time() {
        return call(RedisStream::time, Command.TIME);
    }

    /** Makes one call; a connection that went stale since the last one is replaced once. */
    private synchronized <T> T call(Function<Object, T> decoder, ProtocolCommand command, Object... arguments) {
        boolean isFresh = connection == null;
        try {
            return decoder.apply(answer(command, arguments));
        } catch (JedisConnectionException e) {
            close();
            if (isFresh || RedisErrors.isTimeout(e)) {
                throw RedisErrors.explained(e, address, key);
            }
            return call(decoder, command, arguments);
        } catch (JedisException e) {
            close();
            throw RedisErrors.explained(e, address, key);
        } catch (ClassCastException | IllegalArgumentException e) {
            close();
            throw new TelemetryException(
                    Kind.PROTOCOL, address + " does not answer as Redis does; check host and port", e);
        }
    }

    private Object answer(ProtocolCommand command, Object... arguments) {
        if (connection == null) {
            connection = new PagedConnection(new HostAndPort(address.host(), address.port()), config);
        }
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            bytes[i] = arguments[i].toString().getBytes(UTF_8);
        }
        connection.sendCommand(command, bytes);
        return connection.getOne();
    }

    private static List<StreamEntry> added(Object answer) {
        if (answer == null) {
            return List.of();
        }
        List<?> stream = (List<?>) ((List<?>) answer).getFirst();
        return entries(stream.get(1));
    }

    private static List<StreamEntry> entries(Object answer) {
        List<StreamEntry> entries = new ArrayList<>();
        for (Object item : (List<?>) answer) {
            List<?> entry = (List<?>) item;
            List<byte[]> fields = new ArrayList<>();
            for (Object field : (List<?>) entry.get(1)) {
                fields.add((byte[]) field);
            }
            entries.add(new StreamEntry(StreamId.parse(text(entry.get(0))), fields));
        }
        return entries;
    }

    private static Instant time(Object answer) {
        List<?> parts = (List<?>) answer;
        return Instant.ofEpochSecond(Long.parseLong(text(parts.get(0))), 1_000 * Long.parseLong(text(parts.get(1))));
    }

    private static String text(Object answer) {
        return new String((byte[]) answer, US_ASCII);
    }

    /** Closes the connection; the next call would make a new one. */
    @Override
    public synchronized void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (JedisException _) {
                // it is given up, most often because it failed
            }
            connection = null;
        }
    }

    @Override
    public String toString() {
        return address + " " + key;
    }
}
