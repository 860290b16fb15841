package dev.qsc.bench.judge;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Entries as an engine writes them, the same in every run: healthy models, and what else a trade carries. */
final class Recorded {
    /** Length of every payload, in bytes, as long as its models leave room. */
    static final int PAYLOAD_BYTES = 700;

    static final Instant FIRST = Instant.parse("2026-01-10T00:00:00Z");
    static final Duration GAP = Duration.ofMillis(500);

    private static final String[] ACTIONS = {"BUY", "SELL", "HOLD"};
    private static final String[] SYMBOLS = {"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"};
    private static final String[] MODELS = {
        "xgb", "lgbm", "nhits", "patchtst", "tft", "deepar", "catboost", "tcn", "dlinear", "itransformer"
    };

    private Recorded() {}

    /** The model that is judged as the canary; in every event of four models and more. */
    static String canary() {
        return "patchtst";
    }

    /**
     * Entries with {@link #GAP} between them, from {@link #FIRST} on.
     *
     * @param models how many models vote in each, 1 to 10
     */
    static List<StreamEntry> entries(int count, int models) {
        Random random = new Random(20260110);
        List<StreamEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(StreamEntry.of(
                    StreamId.firstAt(FIRST.plus(GAP.multipliedBy(i))),
                    "event_type",
                    "trade.intent",
                    "payload",
                    payload(random, models)));
        }
        return entries;
    }

    /** The payload of an entry of ours. */
    static byte[] payload(StreamEntry entry) {
        return entry.fields().get(3);
    }

    private static String payload(Random random, int models) {
        String trade = trade(random);
        String breakdown = breakdown(random, models);
        int room = PAYLOAD_BYTES - "{, \"reason\": \"\", }".length() - trade.length() - breakdown.length();
        return "{" + trade + ", \"reason\": \"" + "momentum ".repeat(100).substring(0, Math.max(0, room)) + "\", "
                + breakdown + "}";
    }

    private static String trade(Random random) {
        double price = 100 + 60_000 * random.nextDouble();
        return String.format(
                Locale.ROOT,
                "\"symbol\": \"%s\", \"timestamp\": \"%s\", \"action\": \"%s\", \"confidence\": %.4f, "
                        + "\"entry_price\": %.4f, \"stop_loss\": %.4f, \"take_profit\": %.4f, "
                        + "\"position_size_usd\": %.2f, \"leverage\": 3, \"strategy\": \"ensemble\"",
                SYMBOLS[random.nextInt(SYMBOLS.length)],
                FIRST.plusMillis(random.nextInt(86_400_000)),
                ACTIONS[random.nextInt(ACTIONS.length)],
                random.nextDouble(),
                price,
                price * 0.99,
                price * 1.02,
                1_000 * random.nextDouble());
    }

    private static String breakdown(Random random, int models) {
        List<String> votes = new ArrayList<>(models);
        for (int i = 0; i < models; i++) {
            votes.add("\"%s\": {\"action\": \"%s\", \"confidence\": %s}"
                    .formatted(MODELS[i], ACTIONS[random.nextInt(ACTIONS.length)], confidence(random, i)));
        }
        return "\"model_breakdown\": {" + String.join(", ", votes) + "}";
    }

    /** Half of the models round what they write; the others write every digit of a double. */
    private static String confidence(Random random, int model) {
        double confidence = 0.3 + 0.65 * random.nextDouble();
        return model % 2 == 0 ? String.format(Locale.ROOT, "%.4f", confidence) : Double.toString(confidence);
    }
}
