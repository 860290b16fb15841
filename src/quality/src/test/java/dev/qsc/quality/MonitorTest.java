package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The monitor")
class MonitorTest {
    private static final Instant T0 = Instant.parse("2026-01-10T12:00:00Z");
    private static final MonitorSettings SETTINGS = MonitorSettings.defaults("canary", Duration.ofMinutes(5));

    private static CheckResult check(List<Event> events, Instant now) {
        return check(Events.recent(events), SETTINGS, now);
    }

    private static CheckResult check(RecentEvents recent, MonitorSettings settings, Instant now) {
        Window window = MonitorWindow.select(recent, settings, now);
        return Monitor.check(window, settings, Thresholds.defaults(), now, T0);
    }

    private static List<String> reasons(CheckResult result) {
        assertThat(result).isInstanceOf(CheckResult.Fail.class);
        return ((CheckResult.Fail) result)
                .violations().stream().map(Violation::reason).toList();
    }

    private static List<Event> concat(List<Event> first, List<Event> then) {
        List<Event> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    /** Three models whose ensemble is in order: two of three agree, and seldom one buys what another sells. */
    private static List<Event> ensemble(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] votes = i % 10 == 0
                    ? new String[] {"BUY", "SELL", "SELL"}
                    : new String[][] {{"BUY", "HOLD", "BUY"}, {"SELL", "HOLD", "SELL"}, {"HOLD", "BUY", "HOLD"}}[i % 3];
            String confidence = "0." + (30 + i % 60);
            events.add(Events.at(
                    T0.plusSeconds(i),
                    Events.vote("canary", votes[0], confidence),
                    Events.vote("a", votes[1], confidence),
                    Events.vote("b", votes[2], confidence)));
        }
        return events;
    }

    @Test
    @DisplayName("passes a healthy canary on 200 predictions, and says what it skipped")
    void passes() {
        CheckResult result = check(Events.healthy(T0, 200, "canary", "other"), T0.plusSeconds(200));

        assertThat(result)
                .isInstanceOfSatisfying(
                        CheckResult.Pass.class,
                        pass -> assertThat(pass.report().skipped())
                                .containsExactly("The ensemble has 0 of 200 events with at least 3 voters"));
    }

    @Test
    @DisplayName("passes a healthy ensemble, skipping nothing")
    void passesAnEnsemble() {
        assertThat(check(ensemble(300), T0.plusSeconds(300)))
                .isInstanceOfSatisfying(
                        CheckResult.Pass.class,
                        pass -> assertThat(pass.report().skipped()).isEmpty());
    }

    @Test
    @DisplayName("does not judge 199 predictions, and says how many are missing")
    void doesNotJudgeTooFew() {
        CheckResult result = check(Events.healthy(T0, 199, "canary"), T0.plusSeconds(200));

        assertThat(result)
                .isInstanceOfSatisfying(
                        CheckResult.NotJudged.class,
                        notJudged -> assertThat(notJudged.why()).isEqualTo("canary has 199 of 200 valid predictions"));
    }

    @Nested
    @DisplayName("fails at once, on any evidence,")
    class Immediately {
        @Test
        @DisplayName("on one invalid prediction of the canary")
        void invalid() {
            CheckResult result =
                    check(List.of(Events.at(T0, Events.vote("canary", "BUY", "Infinity"))), T0.plusSeconds(1));

            assertThat(reasons(result)).containsExactly("canary:INVALID_PREDICTIONS");
            assertThat(((CheckResult.Fail) result).isImmediate()).isTrue();
        }

        @Test
        @DisplayName("on a canary that is in none of 200 events, but not of 199")
        void absent() {
            CheckResult result = check(Events.healthy(T0, 200, "other"), T0.plusSeconds(200));

            assertThat(reasons(result)).containsExactly("CANARY_ABSENT:canary");
            assertThat(((CheckResult.Fail) result).isImmediate()).isTrue();
            assertThat(check(Events.healthy(T0, 199, "other"), T0.plusSeconds(200)))
                    .isInstanceOf(CheckResult.NotJudged.class);
        }

        @Test
        @DisplayName("on silence since the last event or since activation, longer than the time-out")
        void silence() {
            assertThat(check(List.of(), T0.plusSeconds(300))).isInstanceOf(CheckResult.NotJudged.class);
            CheckResult result = check(List.of(), T0.plusSeconds(301));
            assertThat(reasons(result)).containsExactly("TELEMETRY_LOST");
            assertThat(((CheckResult.Fail) result).isImmediate()).isTrue();
            assertThat(((CheckResult.Fail) result).violations().getFirst().message())
                    .isEqualTo("Telemetry lost: no usable event for 301s (>300s)");

            List<Event> events = Events.healthy(T0, 200, "canary");
            assertThat(check(events, T0.plusSeconds(199 + 300))).isInstanceOf(CheckResult.Pass.class);
            assertThat(reasons(check(events, T0.plusSeconds(199 + 301)))).containsExactly("TELEMETRY_LOST");
        }
    }

    @Test
    @DisplayName("judges the canary only, or every model that has its samples")
    void judgesWhatItIsTold() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            String rare = i < 20 ? Events.vote("rare", "BUY", "0.5") : Events.vote("often", "BUY", "0.5");
            events.add(Events.at(T0.plusSeconds(i), Events.healthy("canary", i), rare));
        }
        MonitorSettings all =
                new MonitorSettings("canary", Duration.ofMinutes(30), 200, 3, Models.ALL, Duration.ofMinutes(5));

        assertThat(check(events, T0.plusSeconds(250))).isInstanceOf(CheckResult.Pass.class);
        CheckResult result = check(Events.recent(events), all, T0.plusSeconds(250));
        assertThat(reasons(result))
                .containsExactly("often:ACTION_COLLAPSE:BUY", "often:FLAT", "often:NARROW", "often:CONSTANT");
        assertThat(((CheckResult.Fail) result).isImmediate()).isFalse();
        assertThat(((CheckResult.Fail) result).report().skipped()).contains("rare has 20 of 200 valid predictions");
    }

    @Test
    @DisplayName("fails on an ensemble out of order")
    void failsOnTheEnsemble() {
        assertThat(reasons(check(Events.healthy(T0, 250, "canary", "a", "b"), T0.plusSeconds(250))))
                .containsExactly("AGREEMENT_HIGH");
    }

    @Test
    @DisplayName("fails on more unusable than usable entries since the oldest event, not on as many")
    void failsOnMalformed() {
        RecentEvents recent = new RecentEvents(MonitorWindow.MAX_EVENTS);
        for (int i = 0; i < 500; i++) {
            recent.append(Unusable.MALFORMED);
        }
        Events.healthy(T0, 200, "canary").forEach(recent::append);
        for (int i = 0; i < 200; i++) {
            recent.append(i % 2 == 0 ? Unusable.MALFORMED : Unusable.NO_BREAKDOWN);
            recent.append(Unusable.OTHER_TYPE);
        }
        assertThat(check(recent, SETTINGS, T0.plusSeconds(200))).isInstanceOf(CheckResult.Pass.class);

        recent.append(Unusable.MALFORMED);
        CheckResult result = check(recent, SETTINGS, T0.plusSeconds(200));
        assertThat(reasons(result)).containsExactly("MALFORMED_EVENTS");
        assertThat(((CheckResult.Fail) result).violations().getFirst().message())
                .isEqualTo("Malformed events: unusable_entries=201 (>200 usable)");
    }

    @Nested
    @DisplayName("looks back")
    class LooksBack {
        private List<Event> selected(List<Event> events, Instant now) {
            return MonitorWindow.select(Events.recent(events), SETTINGS, now).events();
        }

        @Test
        @DisplayName("by time on a busy stream: 30 minutes, the edge included")
        void byTime() {
            List<Event> events = Events.healthy(T0, 1_900, "canary");
            Instant now = T0.plusSeconds(1_900);

            List<Event> selected = selected(events, now);

            assertThat(selected.getFirst().id().time()).isEqualTo(now.minus(Duration.ofMinutes(30)));
            assertThat(selected.getLast()).isSameAs(events.getLast());
        }

        @Test
        @DisplayName("by samples on a slow one: to the event that completes 200 valid predictions of the canary")
        void bySamples() {
            List<Event> slow = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Instant time = T0.plus(Duration.ofMinutes(i));
                slow.add(
                        i % 2 == 0
                                ? Events.at(time, Events.healthy("canary", i))
                                : Events.at(time, Events.healthy("other", i)));
            }
            List<Event> selected = selected(slow, T0.plus(Duration.ofMinutes(500)));

            assertThat(selected).hasSize(400);
            assertThat(selected.stream().filter(event -> event.hasValid("canary")))
                    .hasSize(200);
            assertThat(selected.getFirst().hasValid("canary")).isTrue();
        }

        @Test
        @DisplayName("to activation while there are fewer samples")
        void toActivation() {
            List<Event> events = Events.healthy(T0, 150, "canary");
            assertThat(selected(events, T0.plus(Duration.ofHours(5)))).hasSize(150);
        }

        @Test
        @DisplayName("at 2,000 events and no more")
        void atMostTheBound() {
            List<Event> events = Events.healthy(T0, 2_500, "other");
            RecentEvents all = new RecentEvents(5_000);
            events.forEach(all::append);
            List<Event> selected =
                    MonitorWindow.select(all, SETTINGS, T0.plusSeconds(2_500)).events();
            assertThat(selected).isEqualTo(selected(events, T0.plusSeconds(2_500)));
            assertThat(selected).hasSize(2_000);
            assertThat(selected.getFirst()).isSameAs(events.get(500));
        }

        @Test
        @DisplayName("so that a collapse shows as soon as it outweighs the window")
        void aCollapseShows() {
            List<Event> healthy = Events.healthy(T0, 300, "canary");
            List<Event> collapse = new ArrayList<>();
            Instant then = T0.plusSeconds(300);
            for (int i = 0; i < 500; i++) {
                collapse.add(Events.at(then.plusSeconds(i), Events.vote("canary", "BUY", "0." + (30 + i % 60))));
                CheckResult result = check(concat(healthy, collapse), then.plusSeconds(i));
                int buys = 100 + i + 1;
                boolean isTooMuch = buys * 100 > 70 * (300 + i + 1);
                assertThat(result instanceof CheckResult.Fail).as("after %d", i).isEqualTo(isTooMuch);
            }
        }
    }
}
