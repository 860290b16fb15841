package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;

/** Entries for tests. */
final class Entries {
    static final String STREAM = "quantum:stream:trade.intent";

    private static final String[] ACTIONS = {"BUY", "SELL", "HOLD"};

    private Entries() {}

    /** A usable entry. */
    static StreamEntry usable(StreamId id) {
        String action = ACTIONS[Math.floorMod(id.ms() + id.seq(), 3)];
        return intent(id, "{\"model_breakdown\":{\"patchtst\":{\"action\":\"" + action + "\",\"confidence\":0.5}}}");
    }

    /** An entry of the right type with this payload. */
    static StreamEntry intent(StreamId id, String payload) {
        return StreamEntry.of(id, "event_type", "trade.intent", "payload", payload);
    }

    /** Adds entries with the ids they have. */
    static void add(Jedis redis, String key, List<StreamEntry> entries) {
        try (Pipeline pipeline = redis.pipelined()) {
            for (StreamEntry entry : entries) {
                byte[][] arguments = new byte[entry.fields().size() + 2][];
                arguments[0] = key.getBytes(UTF_8);
                arguments[1] = entry.id().toString().getBytes(UTF_8);
                for (int i = 0; i < entry.fields().size(); i++) {
                    arguments[i + 2] = entry.fields().get(i);
                }
                pipeline.sendCommand(Command.XADD, arguments);
            }
            for (Object answer : pipeline.syncAndReturnAll()) {
                if (answer instanceof RuntimeException e) {
                    throw e;
                }
            }
        }
    }

    /** The entries of a recording. */
    static List<StreamEntry> recorded(Path file) {
        List<StreamEntry> entries = new ArrayList<>();
        try (JsonlRecording recording = JsonlRecording.open(file)) {
            recording.forEachRemaining(entries::add);
        }
        return entries;
    }

    /** Usable entries with ids from {@code <first>-0} to {@code <last>-0}. */
    static List<StreamEntry> usable(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(ms -> usable(new StreamId(ms, 0)))
                .toList();
    }
}
