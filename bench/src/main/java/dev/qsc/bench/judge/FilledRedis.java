package dev.qsc.bench.judge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.e2e.lab.RedisServer;
import dev.qsc.quality.StreamEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;

/** A Redis of our own, with a stream of entries. It ends with this process, however that ends. */
final class FilledRedis implements AutoCloseable {
    static final String STREAM = "quantum:stream:trade.intent";

    private static final int IN_FLIGHT = 1_000;

    private final RedisServer server;

    private FilledRedis(RedisServer server) {
        this.server = server;
    }

    /**
     * Starts Redis and fills it.
     *
     * @param directory where Redis leaves its files
     * @throws IllegalStateException when there is no Redis to start
     */
    static FilledRedis start(Path directory, List<StreamEntry> entries) {
        FilledRedis redis = new FilledRedis(RedisServer.start(directory));
        try (Jedis jedis = new Jedis(redis.url());
                Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < entries.size(); i++) {
                pipeline.sendCommand(Command.XADD, add(entries.get(i)));
                if (i % IN_FLIGHT == 0) {
                    pipeline.sync();
                }
            }
        }
        return redis;
    }

    private static byte[][] add(StreamEntry entry) {
        Stream<byte[]> place = Stream.of(STREAM, entry.id().toString()).map(text -> text.getBytes(UTF_8));
        return Stream.concat(place, entry.fields().stream()).toArray(byte[][]::new);
    }

    String url() {
        return server.url();
    }

    @Override
    public void close() {
        server.close();
    }
}
