package dev.qsc.bench.judge;

import dev.qsc.bench.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What JMH measured, on one thread, with the serial collector. */
final class Jmh {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final Map<String, List<Double>> times = new HashMap<>();
    private final Map<String, List<Double>> allocations = new HashMap<>();

    private Jmh() {}

    /**
     * Runs every benchmark of this package, each in a fresh JVM in each round. Rounds follow each other, so that a
     * noise of the machine meets a benchmark and its yardstick alike.
     *
     * @param log what JMH says of the last round
     * @throws IllegalStateException when a benchmark fails
     */
    static Jmh run(int rounds, Path log) {
        Jmh jmh = new Jmh();
        try {
            for (int round = 1; round <= rounds; round++) {
                System.err.printf("JMH, round %d of %d%n", round, rounds);
                new Runner(options(log)).run().forEach(jmh::add);
            }
        } catch (RunnerException e) {
            throw new IllegalStateException("a benchmark failed, see " + log, e);
        }
        return jmh;
    }

    private static Options options(Path log) {
        return new OptionsBuilder()
                .include(Jmh.class.getPackageName() + "\\.")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .forks(1)
                .threads(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(4)
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs("-XX:+UseSerialGC", "-Xms512m", "-Xmx512m", "--sun-misc-unsafe-memory-access=allow")
                .output(log.toString())
                .build();
    }

    private void add(RunResult run) {
        String name = name(run);
        for (BenchmarkResult fork : run.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                keep(times, name, iteration.getPrimaryResult());
                keep(allocations, name, iteration.getSecondaryResults().get(ALLOCATION));
            }
        }
    }

    /** Class, method and parameters: {@code Checking.check ALL}. */
    private static String name(RunResult run) {
        String method = run.getParams().getBenchmark();
        StringBuilder name =
                new StringBuilder(method.substring(Jmh.class.getPackageName().length() + 1));
        for (String key : run.getParams().getParamsKeys()) {
            name.append(' ').append(run.getParams().getParam(key));
        }
        return name.toString();
    }

    private static void keep(Map<String, List<Double>> kept, String name, Result<?> result) {
        kept.computeIfAbsent(name, any -> new ArrayList<>()).add(result.getScore());
    }

    /** Nanoseconds per operation of a benchmark, such as {@code Checking.check ALL}. */
    Spread nanos(String benchmark) {
        return Spread.of(times.get(benchmark));
    }

    /** Bytes allocated per operation. */
    Spread bytes(String benchmark) {
        return Spread.of(allocations.get(benchmark));
    }
}
