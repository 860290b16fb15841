package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The scoreboard")
class ScoreboardTest {
    private static final Instant T0 = Instant.parse("2026-01-10T12:00:00Z");
    private static final Instant NOW = T0.plusSeconds(3_600);

    private static GateSettings settings(Models models, String canary) {
        return new GateSettings(200, 200, 3, models, Optional.ofNullable(canary));
    }

    private static Scoreboard scoreboard(List<Event> events, GateSettings settings) {
        return Scoreboard.of(Events.window(events), Optional.empty(), settings, Thresholds.defaults(), NOW);
    }

    private static Scoreboard scoreboard(List<Event> events) {
        return scoreboard(events, settings(Models.ALL, null));
    }

    private static ModelStanding line(Scoreboard scoreboard, String model) {
        return scoreboard.models().stream()
                .filter(line -> line.model().equals(model))
                .findFirst()
                .orElseThrow();
    }

    private static List<Event> events(int count, IntFunction<String[]> votes) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(Events.at(T0.plusSeconds(i), votes.apply(i)));
        }
        return events;
    }

    private static List<Event> of(int count, IntFunction<String> vote) {
        return events(count, i -> new String[] {vote.apply(i)});
    }

    @Test
    @DisplayName("is ALL-GO when every model has its samples and keeps every rule")
    void allGo() {
        Scoreboard scoreboard = scoreboard(Events.healthy(T0, 200, "b", "a"));

        assertThat(scoreboard.overall()).isEqualTo(Standing.GO);
        assertThat(scoreboard.models()).extracting(ModelStanding::model).containsExactly("a", "b");
        assertThat(scoreboard.models()).extracting(ModelStanding::standing).containsOnly(Standing.GO);
        assertThat(scoreboard.violations()).isEmpty();
        assertThat(scoreboard.waitsFor()).isEmpty();
        assertThat(scoreboard.at()).isEqualTo(NOW);
    }

    @ParameterizedTest(name = "{0} predictions: {1}")
    @CsvSource({"199, WAIT, 0", "200, NO_GO, 1"})
    @DisplayName("does not hold against a model what it says on too few samples")
    void theBoundary(int count, Standing standing, int violations) {
        Scoreboard scoreboard =
                scoreboard(of(count, i -> Events.vote("m", i % 4 == 0 ? "BUY" : "HOLD", "0." + (30 + i % 60))));

        assertThat(scoreboard.overall()).isEqualTo(standing);
        assertThat(line(scoreboard, "m").standing()).isEqualTo(standing);
        assertThat(line(scoreboard, "m").violations()).hasSize(violations);
        assertThat(line(scoreboard, "m").tightest().orElseThrow().rule()).isEqualTo(Rule.ACTION_COLLAPSE);
        assertThat(scoreboard.violations()).hasSize(violations);
        assertThat(scoreboard.waitsFor().isPresent()).isEqualTo(standing == Standing.WAIT);
    }

    @Test
    @DisplayName("is NO-GO on one invalid prediction, on any evidence")
    void invalidPredictions() {
        Scoreboard scoreboard = scoreboard(of(3, i -> Events.vote("m", "BUY", i == 1 ? "NaN" : "0.5")));

        assertThat(scoreboard.overall()).isEqualTo(Standing.NO_GO);
        assertThat(line(scoreboard, "m").standing()).isEqualTo(Standing.NO_GO);
        assertThat(line(scoreboard, "m").violations())
                .extracting(Violation::reason)
                .containsExactly("m:INVALID_PREDICTIONS");
    }

    @Test
    @DisplayName("waits where there is nothing to judge, and says so")
    void nothing() {
        Scoreboard empty = scoreboard(List.of());
        assertThat(empty.overall()).isEqualTo(Standing.WAIT);
        assertThat(empty.waitsFor()).contains("There is no usable event");
        assertThat(empty.ensemble().standing()).isEqualTo(Standing.WAIT);

        Scoreboard canary = scoreboard(List.of(), settings(Models.CANARY_ONLY, "c"));
        assertThat(canary.overall()).isEqualTo(Standing.WAIT);
        assertThat(canary.waitsFor()).contains("c has 0 of 200 valid predictions");
    }

    @Nested
    @DisplayName("with a canary")
    class WithACanary {
        private final List<Event> events = events(
                300,
                i -> i < 150
                        ? new String[] {Events.vote("often", "BUY", "0.5"), Events.healthy("canary", i)}
                        : new String[] {Events.vote("often", "BUY", "0.5")});

        @Test
        @DisplayName("waits for its samples, though the line of another model already says NO-GO")
        void waitsForTheCanary() {
            Scoreboard scoreboard = scoreboard(events, settings(Models.ALL, "canary"));

            assertThat(scoreboard.overall()).isEqualTo(Standing.WAIT);
            assertThat(scoreboard.waitsFor()).contains("canary has 150 of 200 valid predictions");
            assertThat(line(scoreboard, "canary").standing()).isEqualTo(Standing.WAIT);
            assertThat(line(scoreboard, "often").standing()).isEqualTo(Standing.NO_GO);
        }

        @Test
        @DisplayName("has a line for it alone, when it alone is judged")
        void canaryOnly() {
            assertThat(scoreboard(events, settings(Models.CANARY_ONLY, "canary"))
                            .models())
                    .extracting(ModelStanding::model)
                    .containsExactly("canary");
        }

        @Test
        @DisplayName("is NO-GO when it is in none of 200 usable events, not of 199")
        void absent() {
            GateSettings settings = settings(Models.ALL, "canary");
            Scoreboard absent = scoreboard(Events.healthy(T0, 200, "other"), settings);
            assertThat(absent.overall()).isEqualTo(Standing.NO_GO);
            assertThat(absent.violations()).extracting(Violation::reason).containsExactly("CANARY_ABSENT:canary");
            assertThat(line(absent, "other").standing()).isEqualTo(Standing.GO);

            assertThat(scoreboard(Events.healthy(T0, 199, "other"), settings).overall())
                    .isEqualTo(Standing.WAIT);
        }
    }

    @Nested
    @DisplayName("tells the margin to each threshold:")
    class Margins {
        private static final Offset<Double> CLOSE = Offset.offset(1e-9);

        private Margin margin(Scoreboard scoreboard, Rule rule, String name) {
            return line(scoreboard, "m").margins().stream()
                    .filter(margin -> margin.rule() == rule && margin.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        @DisplayName("one for each action and rule, in the rules' order, with figure and threshold for people")
        void each() {
            Scoreboard scoreboard = scoreboard(Events.healthy(T0, 300, "m"));
            assertThat(line(scoreboard, "m").margins())
                    .extracting(margin -> margin.rule() + " " + margin.figure() + " " + margin.limit())
                    .containsExactly(
                            "ACTION_COLLAPSE BUY=33.3% >70%",
                            "ACTION_COLLAPSE SELL=33.3% >70%",
                            "ACTION_COLLAPSE HOLD=33.3% >70%",
                            "DEAD_ZONE HOLD=33.3% >85%",
                            "FLAT conf_std=0.1750 <0.05",
                            "NARROW p10_p90=0.4806 <0.12",
                            "CONSTANT conf_std=0.1750 <0.01");
            assertThat(margin(scoreboard, Rule.DEAD_ZONE, "HOLD").distance()).isCloseTo(85 - 100 / 3.0, CLOSE);
            assertThat(margin(scoreboard, Rule.NARROW, "p10_p90").distance()).isCloseTo(0.3606, Offset.offset(1e-4));
        }

        @ParameterizedTest(name = "{0} of 1000 HOLD: {1}")
        @CsvSource({"699, 0.1, -", "700, 0, -", "701, -0.1, ACTION_COLLAPSE"})
        @DisplayName("zero on the threshold, which is no violation")
        void onTheShare(int holds, double distance, String violation) {
            Scoreboard scoreboard = scoreboard(of(
                    1_000,
                    i -> Events.vote("m", i < holds ? "HOLD" : i % 2 == 0 ? "BUY" : "SELL", "0." + (30 + i % 60))));

            Margin margin = margin(scoreboard, Rule.ACTION_COLLAPSE, "HOLD");
            assertThat(margin.distance()).isEqualTo(distance);
            assertThat(margin.isViolated()).isEqualTo(!violation.equals("-"));
            assertThat(line(scoreboard, "m").violations())
                    .extracting(found -> found.rule().name())
                    .isEqualTo(violation.equals("-") ? List.of() : List.of(violation));
        }

        @ParameterizedTest(name = "a deviation of {0}: {1}")
        @CsvSource({"0.0500000005, 0.0000000005", "0.05, 0", "0.0499999995, 0", "0.049999998, -0.000000002"})
        @DisplayName("zero within the tolerance below the threshold of a deviation")
        void onTheDeviation(double deviation, double distance) {
            Scoreboard scoreboard = scoreboard(of(200, i -> {
                double confidence = i % 2 == 0 ? 0.5 - deviation : 0.5 + deviation;
                return Events.vote("m", new String[] {"BUY", "SELL", "HOLD"}[i % 3], Double.toString(confidence));
            }));

            Margin margin = margin(scoreboard, Rule.FLAT, "conf_std");
            assertThat(margin.distance()).isCloseTo(distance, Offset.offset(1e-12));
            assertThat(margin.distance() < 0).isEqualTo(distance < 0);
        }

        @Test
        @DisplayName("below zero for P10 and P90 that are the same")
        void constant() {
            Scoreboard scoreboard = scoreboard(Events.healthy(T0, 1, "m"));
            Margin margin = margin(scoreboard, Rule.CONSTANT, "p10=p90");
            assertThat(margin.isViolated()).isTrue();
            assertThat(margin.figure()).isEqualTo("p10=p90=0.3000");
            assertThat(margin.limit()).isEqualTo("p10=p90");
        }
    }

    @Nested
    @DisplayName("tells how the ensemble votes")
    class TheEnsemble {
        private List<Event> agreeing(int count) {
            return events(count, i -> new String[] {
                Events.healthy("a", i), Events.healthy("b", i), Events.healthy("c", i),
            });
        }

        @Test
        @DisplayName("and waits below 200 events with 3 voters, without making the rest wait")
        void waits() {
            Scoreboard scoreboard =
                    scoreboard(agreeing(199), new GateSettings(1, 100, 3, Models.ALL, Optional.empty()));
            assertThat(scoreboard.ensemble().standing()).isEqualTo(Standing.NO_GO);

            Scoreboard two = scoreboard(Events.healthy(T0, 250, "a", "b"));
            assertThat(two.ensemble().standing()).isEqualTo(Standing.WAIT);
            assertThat(two.ensemble().events()).isZero();
            assertThat(two.overall()).isEqualTo(Standing.GO);
        }

        @Test
        @DisplayName("and is NO-GO with figure, threshold and margin when they repeat each other")
        void agreement() {
            Scoreboard scoreboard = scoreboard(agreeing(200));

            assertThat(scoreboard.overall()).isEqualTo(Standing.NO_GO);
            assertThat(scoreboard.ensemble().standing()).isEqualTo(Standing.NO_GO);
            assertThat(scoreboard.ensemble().events()).isEqualTo(200);
            assertThat(scoreboard.ensemble().margins())
                    .extracting(margin -> margin.rule() + " " + margin.figure() + " " + margin.distance())
                    .containsExactly(
                            "AGREEMENT_LOW agreement=100.0% 45.0",
                            "AGREEMENT_HIGH agreement=100.0% -20.0", "HARD_DISAGREE hard_disagree=0.0% 20.0");
        }
    }

    @Test
    @DisplayName("compares every model of either side with what it said before the cutover")
    void compares() {
        List<Event> before = of(10, i -> Events.vote("m", i < 3 ? "HOLD" : "BUY", "0.4"));
        before.addAll(of(1, i -> Events.vote("gone", "BUY", "0.4")));
        List<Event> after = of(10, i -> Events.vote("m", i < 5 ? "HOLD" : "BUY", i % 2 == 0 ? "0.5" : "0.7"));

        Scoreboard scoreboard = Scoreboard.of(
                Events.window(after),
                Optional.of(Events.window(before)),
                settings(Models.ALL, null),
                Thresholds.defaults(),
                NOW);

        assertThat(scoreboard.comparison()).extracting(Comparison::model).containsExactly("gone", "m");
        assertThat(scoreboard.comparison().getFirst().after()).isEmpty();
        assertThat(scoreboard.comparison().getFirst().change(ModelStats::mean)).isEmpty();
        Comparison m = scoreboard.comparison().getLast();
        assertThat(m.change(stats -> stats.sharePercent(Action.HOLD)).orElseThrow())
                .isEqualTo(20);
        assertThat(m.change(ModelStats::std).orElseThrow()).isCloseTo(0.1, Offset.offset(1e-12));
        assertThat(m.change(ModelStats::range).orElseThrow()).isCloseTo(0.2, Offset.offset(1e-12));
        assertThat(m.change(ModelStats::mean).orElseThrow()).isCloseTo(0.2, Offset.offset(1e-12));
    }

    @Test
    @DisplayName("can be made of a check, and knows what the check knows")
    void ofACheck() {
        CheckResult lost = Monitor.check(
                Window.EMPTY,
                MonitorSettings.defaults("c", java.time.Duration.ofMinutes(5)),
                Thresholds.defaults(),
                NOW,
                T0);
        Scoreboard scoreboard = Scoreboard.of(lost, 200, Thresholds.defaults(), NOW);
        assertThat(scoreboard.overall()).isEqualTo(Standing.NO_GO);
        assertThat(scoreboard.violations()).extracting(Violation::rule).containsExactly(Rule.TELEMETRY_LOST);

        Scoreboard unreadable =
                Scoreboard.of(new CheckResult.JudgeError("Redis is away"), 200, Thresholds.defaults(), NOW);
        assertThat(unreadable.overall()).isEqualTo(Standing.WAIT);
        assertThat(unreadable.waitsFor()).contains("Redis is away");
    }
}
