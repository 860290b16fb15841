package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.ReplaySettings.Mode;
import dev.qsc.quality.ReplayStep.Checked;
import dev.qsc.quality.ReplayStep.End;
import dev.qsc.quality.ReplayStep.GateAsked;
import dev.qsc.quality.ReplayStep.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Events are a second apart, the gate wants 200 of them, and a slot is 30 s. */
@DisplayName("A replay")
class ReplayTest {
    private static final Instant START = Instant.parse("2026-01-10T12:00:00Z");
    private static final ReplaySettings SETTINGS = settings(Mode.INTERVAL, Optional.empty());

    private static ReplaySettings settings(Mode mode, Optional<Instant> activatedAt) {
        return new ReplaySettings(
                Optional.empty(),
                activatedAt,
                GateSettings.defaults("canary"),
                2_000,
                Duration.ofHours(6),
                window -> MonitorSettings.defaults("canary", MonitorSettings.noDataTimeoutAfter(window)),
                mode,
                Duration.ofSeconds(30),
                Duration.ofMinutes(30),
                Duration.ofMinutes(30),
                Tolerance.NONE);
    }

    /** An entry in each second in which there is something to say. */
    private static List<StreamEntry> recording(int seconds, IntFunction<String> vote) {
        List<StreamEntry> entries = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            String said = vote.apply(i);
            if (said != null) {
                entries.add(Events.entryAt(START.plusSeconds(i), said));
            }
        }
        return entries;
    }

    private static String healthy(int second) {
        return Events.healthy("canary", second);
    }

    private static List<ReplayStep> replay(List<StreamEntry> entries, ReplaySettings settings) {
        List<ReplayStep> steps = new ArrayList<>();
        End end = Replay.run(entries.iterator(), settings, Thresholds.defaults(), steps::add);
        assertThat(steps.getLast()).isSameAs(end);
        return steps;
    }

    private static <T extends ReplayStep> Stream<T> only(Class<T> kind, List<ReplayStep> steps) {
        return steps.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static End end(List<ReplayStep> steps) {
        return (End) steps.getLast();
    }

    private static long seconds(ReplayStep step) {
        return Duration.between(START, step.at()).toSeconds();
    }

    @Test
    @DisplayName("asks the gate once in an interval, activates when it passes, and checks slot by slot to the end")
    void completes() {
        List<ReplayStep> steps = replay(recording(3_600, ReplayTest::healthy), SETTINGS);

        assertThat(only(GateAsked.class, steps).map(ReplayTest::seconds))
                .containsExactly(0L, 30L, 60L, 90L, 120L, 150L, 180L, 210L);
        assertThat(only(ReplayStep.Activated.class, steps).map(ReplayTest::seconds))
                .containsExactly(210L);
        List<Checked> checks = only(Checked.class, steps).toList();
        assertThat(checks.stream().map(Checked::slot))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 66).mapToObj(Long::valueOf).toList());
        assertThat(checks.get(5).result())
                .as("on 180 predictions after t0, those before it not counted")
                .isInstanceOfSatisfying(
                        CheckResult.NotJudged.class,
                        notJudged -> assertThat(notJudged.why()).isEqualTo("canary has 180 of 200 valid predictions"));
        assertThat(checks.get(6).result()).isInstanceOf(CheckResult.Pass.class);
        assertThat(end(steps).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end(steps).why()).isEqualTo("All 60 slots were judged healthy");
        assertThat(seconds(end(steps))).isEqualTo(210 + 66 * 30);
    }

    @Test
    @DisplayName("says what would have rolled back, when and why")
    void rollsBack() {
        List<StreamEntry> entries =
                recording(3_600, i -> i < 1_000 ? healthy(i) : Events.vote("canary", "HOLD", "0." + (30 + i % 60)));

        End end = end(replay(entries, SETTINGS));

        assertThat(end.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(end.violations()).extracting(Violation::reason).containsExactly("canary:ACTION_COLLAPSE:HOLD");
        assertThat(end.why()).startsWith("canary:ACTION_COLLAPSE:HOLD Action collapse: HOLD=70.");
        assertThat(seconds(end)).isEqualTo(1_980);
    }

    @Test
    @DisplayName("finds a violation within a quarter of a second when it checks continuously")
    void continuous() {
        List<StreamEntry> entries = recording(1_000, i -> i == 700 ? Events.vote("canary", "BUY", "NaN") : healthy(i));

        End interval = end(replay(entries, SETTINGS));
        assertThat(interval.at()).isEqualTo(START.plusSeconds(720));
        List<ReplayStep> steps = replay(entries, settings(Mode.CONTINUOUS, Optional.empty()));
        assertThat(end(steps).at()).isEqualTo(START.plusSeconds(700));
        assertThat(end(steps).outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(only(Checked.class, steps).map(Checked::slot).distinct()).hasSize(17);
    }

    @Test
    @DisplayName("checks four times a second at most, however many events there are")
    void atMostFourTimesASecond() {
        List<StreamEntry> entries = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(Events.entryAt(START.plusMillis(10L * i), healthy(i)));
        }
        List<Checked> checks = only(Checked.class, replay(entries, settings(Mode.CONTINUOUS, Optional.of(START))))
                .toList();

        assertThat(checks).hasSizeBetween(399, 405);
        for (int i = 1; i + 1 < checks.size(); i++) {
            assertThat(Duration.between(checks.get(i - 1).at(), checks.get(i).at()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(10));
        }
        assertThat(checks.stream()
                        .map(check -> check.result().report().counters().usable()))
                .as("no event waits for more than a check")
                .isSorted();
    }

    @Test
    @DisplayName("takes silence for a violation")
    void silence() {
        List<StreamEntry> entries = recording(5_000, i -> i < 600 || i > 4_000 ? healthy(i) : null);

        End end = end(replay(entries, SETTINGS));

        assertThat(end.violations()).extracting(Violation::rule).containsExactly(Rule.TELEMETRY_LOST);
        assertThat(seconds(end)).isEqualTo(900);
    }

    @Test
    @DisplayName("ends at the gate that blocks, that would be contradicted by the monitor, or that gets no evidence")
    void endsAtTheGate() {
        List<StreamEntry> nan = recording(300, i -> i == 40 ? Events.vote("canary", "BUY", "NaN") : healthy(i));
        assertThat(end(replay(nan, SETTINGS)).outcome()).isEqualTo(Outcome.GATE_BLOCKED);
        assertThat(seconds(end(replay(nan, SETTINGS)))).isEqualTo(60);

        List<StreamEntry> echo =
                recording(300, i -> String.join(",", healthy(i), Events.healthy("a", i), Events.healthy("b", i)));
        End wouldFail = end(replay(echo, SETTINGS));
        assertThat(wouldFail.outcome()).isEqualTo(Outcome.MONITOR_WOULD_FAIL);
        assertThat(wouldFail.violations()).extracting(Violation::rule).containsExactly(Rule.AGREEMENT_HIGH);

        List<StreamEntry> trickle = recording(30_000, i -> i % 300 == 0 ? healthy(i) : null);
        End timedOut = end(replay(trickle, SETTINGS));
        assertThat(timedOut.outcome()).isEqualTo(Outcome.GATE_TIMED_OUT);
        assertThat(seconds(timedOut)).isEqualTo(6 * 3_600);
    }

    @Test
    @DisplayName("is inconclusive when a trickle of events cannot be judged within the warm-up")
    void trickle() {
        List<StreamEntry> entries = recording(5_000, i -> i <= 210 || i % 60 == 0 ? healthy(i) : null);

        End end = end(replay(entries, SETTINGS));

        assertThat(end.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(seconds(end)).isEqualTo(210 + 1_800);
    }

    @Test
    @DisplayName("looks at what came after the last check when the recording ends")
    void theRecordingEnds() {
        List<StreamEntry> entries = recording(716, i -> i == 715 ? Events.vote("canary", "BUY", "NaN") : healthy(i));
        assertThat(end(replay(entries, SETTINGS)).outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(seconds(end(replay(entries, SETTINGS)))).isEqualTo(715);

        End ended = end(replay(entries.subList(0, 715), SETTINGS));
        assertThat(ended.outcome()).isEqualTo(Outcome.RECORDING_ENDED);
        assertThat(seconds(ended)).isEqualTo(714);
        assertThat(end(replay(List.of(), SETTINGS)).outcome()).isEqualTo(Outcome.RECORDING_ENDED);
    }

    @Test
    @DisplayName("begins at the cutover, or at a given t0 without a gate")
    void begins() {
        List<StreamEntry> entries = recording(3_000, i -> i < 500 ? Events.vote("canary", "BUY", "NaN") : healthy(i));

        ReplaySettings afterwards = new ReplaySettings(
                Optional.of(START.plusSeconds(500)),
                Optional.empty(),
                SETTINGS.gate(),
                2_000,
                SETTINGS.gateTimeout(),
                SETTINGS.monitor(),
                Mode.INTERVAL,
                SETTINGS.interval(),
                SETTINGS.duration(),
                SETTINGS.warmup(),
                Tolerance.NONE);
        assertThat(only(GateAsked.class, replay(entries, afterwards)).map(ReplayTest::seconds))
                .startsWith(500L)
                .endsWith(710L);

        ReplaySettings monitorOnly = settings(Mode.INTERVAL, Optional.of(START.plusSeconds(499)));
        List<ReplayStep> steps = replay(entries, monitorOnly);
        assertThat(only(GateAsked.class, steps)).isEmpty();
        assertThat(end(steps).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    @DisplayName("knows at no time what comes later, and judges as if it selected from the whole stream anew")
    void doesNotPeek() {
        List<StreamEntry> entries =
                recording(3_000, i -> i % 7 == 0 ? Events.healthy("other", i) : i % 11 == 0 ? null : healthy(i));
        List<Checked> checks = only(Checked.class, replay(entries, SETTINGS)).toList();
        Instant t0 = checks.getFirst().at().minus(SETTINGS.interval());
        assertThat(checks).hasSizeGreaterThan(50);

        for (Checked check : checks) {
            EventParser parser = new EventParser();
            RecentEvents seen = new RecentEvents(MonitorWindow.MAX_EVENTS);
            entries.stream()
                    .filter(entry ->
                            entry.id().time().isAfter(t0) && !entry.id().time().isAfter(check.at()))
                    .forEach(entry -> seen.append(parser.parse(entry)));
            MonitorSettings monitor = MonitorSettings.defaults("canary", Duration.ofMinutes(5));
            Window window = MonitorWindow.select(seen, monitor, check.at());
            assertThat(check.result()).isEqualTo(Monitor.check(window, monitor, Thresholds.defaults(), check.at(), t0));
        }
    }

    @Test
    @DisplayName("reads no further than it has to, and keeps nothing it does not need")
    void endless() {
        Iterator<StreamEntry> endless = Stream.iterate(0, i -> i + 1)
                .map(i -> Events.entryAt(START.plusSeconds(i), healthy(i)))
                .iterator();
        assertThat(Replay.run(endless, SETTINGS, Thresholds.defaults(), step -> {})
                        .outcome())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(endless.hasNext()).isTrue();
    }

    @Test
    @DisplayName("survives an id from the end of all time")
    void theEndOfTime() {
        List<StreamEntry> entries = recording(300, ReplayTest::healthy);
        entries.add(StreamEntry.of(StreamId.MAX, "event_type", "trade.intent"));
        assertThat(end(replay(entries, SETTINGS)).violations())
                .extracting(Violation::rule)
                .containsExactly(Rule.TELEMETRY_LOST);
    }

    @Test
    @DisplayName("refuses settings that make no sense")
    void refuses() {
        assertThatThrownBy(() -> new ReplaySettings(
                        Optional.empty(),
                        Optional.empty(),
                        SETTINGS.gate(),
                        0,
                        SETTINGS.gateTimeout(),
                        SETTINGS.monitor(),
                        Mode.INTERVAL,
                        SETTINGS.interval(),
                        SETTINGS.duration(),
                        SETTINGS.warmup(),
                        Tolerance.NONE))
                .hasMessage("maxEvents is at least 1, not 0");
    }
}
