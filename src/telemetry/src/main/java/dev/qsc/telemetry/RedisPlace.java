package dev.qsc.telemetry;

/**
 * A stream in Redis.
 *
 * @param address of the server
 * @param key the stream's key
 */
public record RedisPlace(RedisAddress address, String key) implements StreamPlace {
    @Override
    public EventSource open() {
        return RedisStream.open(address, key);
    }
}
