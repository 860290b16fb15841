package dev.qsc.bench.judge;

import dev.qsc.quality.CheckResult;
import dev.qsc.quality.EventParser;
import dev.qsc.quality.Models;
import dev.qsc.quality.Monitor;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.MonitorWindow;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.Thresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The monitor's check of the largest window, with ten models; an operation is one check. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Checking {
    static final int EVENTS = MonitorWindow.MAX_EVENTS;
    static final int MODELS = 10;

    /** A canary that has run for as long as its window is. */
    @State(Scope.Thread)
    public static class Watched {
        /** Which models are judged. */
        @Param
        private Models models;

        private final RecentEvents events = new RecentEvents(EVENTS);
        private final Instant now = Recorded.FIRST.plus(Recorded.GAP.multipliedBy(EVENTS));
        private MonitorSettings settings;

        /** Fills the window. */
        @Setup
        public void fill() {
            EventParser parser = new EventParser();
            Recorded.entries(EVENTS, MODELS).forEach(entry -> events.append(parser.parse(entry)));
            settings = new MonitorSettings(
                    Recorded.canary(), Duration.ofMinutes(30), 200, 3, models, Duration.ofMinutes(5));
        }
    }

    /** As many confidences as the window has of each model. */
    @State(Scope.Thread)
    public static class Confidences {
        private final double[][] byModel = Stream.generate(new Random(1)::doubles)
                .limit(MODELS)
                .map(random -> random.limit(EVENTS).toArray())
                .toArray(double[][]::new);
    }

    /** The yardstick: the confidences of ten models in order, as exact percentiles by the plainest way need them. */
    @Benchmark
    public double sort(Confidences confidences) {
        double medians = 0;
        for (double[] values : confidences.byModel) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            medians += sorted[EVENTS / 2];
        }
        return medians;
    }

    /** Selects the window's events and judges them. */
    @Benchmark
    public CheckResult check(Watched watched) {
        return Monitor.check(
                MonitorWindow.select(watched.events, watched.settings, watched.now),
                watched.settings,
                Thresholds.defaults(),
                watched.now,
                Recorded.FIRST);
    }
}
