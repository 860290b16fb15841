package dev.qsc.e2e.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * Adds the events of a healthy engine to a stream: of its four models each in turn holds while the others agree, and
 * confidences are spread evenly, so that no rule is near its threshold.
 */
final class StandInEngine implements AutoCloseable {
    static final String STREAM = "quantum:stream:trade.intent";
    private static final String[] MODELS = {"xgb", "lgbm", "nhits", "patchtst"};
    private static final int BATCH = 10;

    private static final int RATE = 200;

    private final Jedis redis;
    private CompletableFuture<Void> writer;
    private volatile boolean runs = true;
    private int count;

    private StandInEngine(String url) {
        this.redis = new Jedis(url);
    }

    /** Begins with enough events for a gate, and goes on with 200 a second. */
    static StandInEngine start(String url) {
        var engine = new StandInEngine(url);
        for (int i = 0; i < 500; i += BATCH) {
            engine.add();
        }
        engine.writer = CompletableFuture.runAsync(engine::write, Thread::startVirtualThread);
        return engine;
    }

    private void write() {
        while (runs) {
            add();
            LockSupport.parkNanos(1_000_000_000L * BATCH / RATE);
        }
    }

    private void add() {
        for (int i = 0; i < BATCH; i++) {
            Map<String, String> fields = new HashMap<>();
            fields.put("event_type", "trade.intent");
            fields.put("payload", payload(count++));
            redis.xadd(STREAM, StreamEntryID.NEW_ENTRY, fields);
        }
    }

    private static String payload(int event) {
        var mood = (event / MODELS.length) % 2 == 0 ? "BUY" : "SELL";
        var breakdown = new StringBuilder();
        for (int model = 0; model < MODELS.length; model++) {
            var action = event % MODELS.length == model ? "HOLD" : mood;
            var confidence = (30 + (event * 7 + model * 13) % 61) / 100.0;
            breakdown
                    .append(model == 0 ? "" : ",")
                    .append("\"%s\":{\"action\":\"%s\",\"confidence\":%s}"
                            .formatted(MODELS[model], action, confidence));
        }
        return "{\"symbol\":\"BTCUSDT\",\"model_breakdown\":{%s}}".formatted(breakdown);
    }

    @Override
    public void close() {
        runs = false;
        writer.join();
        redis.close();
    }
}
