package dev.qsc.bench.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.qsc.quality.EventParser;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.Thresholds;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the bytes of 20,000 entries in memory to the gate's verdict; an operation is one entry. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Parsing {
    private static final int ENTRIES = 20_000;
    private static final int MODELS = 4;

    private final List<StreamEntry> entries = Recorded.entries(ENTRIES, MODELS);
    private final List<byte[]> payloads =
            entries.stream().map(Recorded::payload).toList();
    private final EventParser parser = new EventParser();
    private final JsonFactory json = new JsonFactory();
    private final GateSettings settings = GateSettings.defaults(Recorded.canary());

    /** The yardstick: Jackson looks at every token, and nobody at Jackson. */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public int tokens() throws IOException {
        int tokens = 0;
        for (byte[] payload : payloads) {
            try (JsonParser in = json.createParser(payload)) {
                while (in.nextToken() != null) {
                    tokens++;
                }
            }
        }
        return tokens;
    }

    /** Entries become readings. */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public void parse(Blackhole blackhole) {
        for (StreamEntry entry : entries) {
            blackhole.consume(parser.parse(entry));
        }
    }

    /** Entries become a window, and the window a verdict. */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public GateResult judge() {
        RecentEvents events = new RecentEvents(ENTRIES);
        for (StreamEntry entry : entries) {
            events.append(parser.parse(entry));
        }
        return Gate.judge(events.window(), settings, Thresholds.defaults());
    }
}
