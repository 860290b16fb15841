package dev.qsc.telemetry;

import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.util.RedisInputStream;

/**
 * A connection that keeps a few megabytes of an answer, whatever it holds: Redis counts entries, and these may be of
 * any size. A list of lists is cut after the one that fills the page, and the rest of it is read and dropped.
 */
final class PagedConnection extends Connection {
    private long bytes;

    PagedConnection(HostAndPort server, JedisClientConfig config) {
        super(server, config);
    }

    @Override
    protected Object protocolRead(RedisInputStream in) {
        bytes = 0;
        return read(in);
    }

    private Object read(RedisInputStream in) {
        if (in.peek((byte) '*')) {
            return readList(in);
        }
        Object value = super.protocolRead(in);
        bytes += value instanceof byte[] text ? text.length : 0;
        return value;
    }

    private List<Object> readList(RedisInputStream in) {
        in.readByte();
        int size = in.readIntCrLf();
        if (size < 0) {
            return null;
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            boolean isCut = bytes >= Pages.BYTES && i > 0 && list.getFirst() instanceof List;
            Object item = read(in);
            if (!isCut) {
                list.add(item);
            }
        }
        return list;
    }
}
