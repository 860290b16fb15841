package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.GateResult.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The gate")
class GateTest {
    private static final Instant START = Instant.parse("2026-01-10T05:43:15Z");
    private static final GateSettings SETTINGS = GateSettings.defaults("canary");

    private static GateResult judge(List<Event> events, GateSettings settings) {
        return Gate.judge(Events.window(events), settings, Thresholds.defaults());
    }

    private static List<String> reasons(List<Violation> violations) {
        return violations.stream().map(Violation::reason).toList();
    }

    private static List<Event> with(List<Event> events, Event more) {
        List<Event> all = new ArrayList<>(events);
        all.add(more);
        return all;
    }

    private static List<Event> collapsed(int count, String model) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(Events.at(
                    START.plusSeconds(i),
                    Events.vote(model, "HOLD", "0." + (30 + i % 60)),
                    Events.healthy("other", i)));
        }
        return events;
    }

    @Test
    @DisplayName("passes 200 healthy events and no fewer")
    void passesOnEnoughEvidence() {
        assertThat(judge(Events.healthy(START, 200, "canary", "other"), SETTINGS)
                        .outcome())
                .isEqualTo(Outcome.PASSED);

        GateResult tooFew = judge(Events.healthy(START, 199, "canary", "other"), SETTINGS);
        assertThat(tooFew.outcome()).isEqualTo(Outcome.WAITING);
        assertThat(reasons(tooFew.violations()))
                .containsExactly("INSUFFICIENT_EVENTS", "canary:INSUFFICIENT_SAMPLES", "other:INSUFFICIENT_SAMPLES");
        assertThat(tooFew.violations().getFirst().message()).isEqualTo("Insufficient events: usable_events=199 (<200)");
    }

    @Test
    @DisplayName("waits on an empty stream, and says all that is missing")
    void waitsOnAnEmptyStream() {
        GateResult result = judge(List.of(), SETTINGS);

        assertThat(result.outcome()).isEqualTo(Outcome.WAITING);
        assertThat(reasons(result.violations()))
                .containsExactly("NO_MODELS", "INSUFFICIENT_EVENTS", "CANARY_ABSENT:canary");
        assertThat(result.monitorWouldFail()).isEmpty();
    }

    @Test
    @DisplayName("waits for a canary that is absent, and judges the others all the same")
    void waitsForAnAbsentCanary() {
        GateResult result = judge(Events.healthy(START, 300, "a", "b"), SETTINGS);

        assertThat(result.outcome()).isEqualTo(Outcome.WAITING);
        assertThat(reasons(result.violations())).containsExactly("CANARY_ABSENT:canary");
        assertThat(result.models()).hasSize(2);
    }

    @Test
    @DisplayName("reports the shape of few predictions, but does not decide on it")
    void fewPredictionsDecideNothing() {
        GateResult few = judge(collapsed(199, "canary"), SETTINGS);
        assertThat(few.outcome()).isEqualTo(Outcome.WAITING);
        assertThat(reasons(few.violations())).contains("canary:ACTION_COLLAPSE:HOLD", "canary:DEAD_ZONE");
        assertThat(few.decisiveViolations()).isEmpty();

        GateResult enough = judge(collapsed(200, "canary"), SETTINGS);
        assertThat(enough.outcome()).isEqualTo(Outcome.BLOCKED);
        assertThat(reasons(enough.decisiveViolations()))
                .containsExactly("canary:ACTION_COLLAPSE:HOLD", "canary:DEAD_ZONE");
    }

    @Test
    @DisplayName("blocks on a single invalid prediction, however few events there are")
    void oneInvalidPredictionBlocks() {
        GateResult result = judge(List.of(Events.at(START, Events.vote("canary", "BUY", "NaN"))), SETTINGS);

        assertThat(result.outcome()).isEqualTo(Outcome.BLOCKED);
        assertThat(result.decisiveViolations()).singleElement().satisfies(violation -> {
            assertThat(violation.reason()).isEqualTo("canary:INVALID_PREDICTIONS");
            assertThat(violation.message()).isEqualTo("Invalid predictions: 1 of 1: CONFIDENCE_NOT_FINITE=1 (>0)");
        });
    }

    @Test
    @DisplayName("judges every model, or the canary only")
    void judgesTheCanaryOnly() {
        List<Event> events =
                with(Events.healthy(START, 250, "canary", "other"), Events.at(START, Events.vote("other", "X", "0.5")));
        GateSettings canaryOnly = new GateSettings(200, 200, 3, Models.CANARY_ONLY, Optional.of("canary"));

        assertThat(judge(events, SETTINGS).outcome()).isEqualTo(Outcome.BLOCKED);
        assertThat(judge(events, canaryOnly).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(judge(events, canaryOnly).models())
                .extracting(ModelReport::model)
                .containsExactly("canary");
    }

    @Test
    @DisplayName("foretells that the monitor would fail, on as many events as the monitor needs")
    void foretellsTheMonitor() {
        GateSettings twoVoters = new GateSettings(200, 200, 2, Models.ALL, Optional.of("canary"));
        List<Event> agreeing = Events.healthy(START, 250, "canary", "other");

        GateResult result = judge(agreeing, twoVoters);
        assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(result.monitorWouldFail()).singleElement().satisfies(violation -> {
            assertThat(violation.reason()).isEqualTo("AGREEMENT_HIGH");
            assertThat(violation.message()).isEqualTo("Ensemble agreement high: agreement=100.0% (>80%)");
        });

        GateResult few = judge(agreeing.subList(0, 199), twoVoters);
        assertThat(reasons(few.ensembleViolations())).containsExactly("AGREEMENT_HIGH");
        assertThat(few.monitorWouldFail()).isEmpty();

        assertThat(judge(agreeing, SETTINGS).ensemble())
                .as("three voters are asked for")
                .isEmpty();
    }

    @Test
    @DisplayName("refuses settings that make no sense")
    void refusesSettings() {
        assertThatThrownBy(() -> new GateSettings(0, 200, 3, Models.ALL, Optional.empty()))
                .hasMessage("minEvents is at least 1, not 0");
        assertThatThrownBy(() -> new GateSettings(200, 200, 3, Models.CANARY_ONLY, Optional.empty()))
                .hasMessage("To judge the canary only, its name is needed");
        assertThatThrownBy(() -> new Thresholds(101, 85, 0.05, 0.12, 0.01, 55, 80, 20))
                .hasMessage("maxClassSharePercent is a share of 0 to 100 percent, not 101");
        assertThatThrownBy(() -> new Thresholds(70, 85, Double.NaN, 0.12, 0.01, 55, 80, 20))
                .hasMessage("minStdDev is a number of at least 0, not NaN");
    }

    @Test
    @DisplayName("writes figures so that they can be told from their thresholds")
    void figuresDifferFromThresholds() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String action = i < 7_001 ? "BUY" : "SELL";
            events.add(Events.at(START.plusMillis(i), Events.vote("canary", action, "0." + (30 + i % 60))));
        }
        assertThat(judge(events, SETTINGS).violations())
                .extracting(Violation::message)
                .containsExactly("Action collapse: BUY=70.01% (>70%)");
    }

    @Test
    @DisplayName("derives how long silence is allowed: 20 mean gaps, at least 5 minutes")
    void derivesTheNoDataTimeout() {
        assertThat(MonitorSettings.noDataTimeoutAfter(Window.EMPTY)).isEqualTo(Duration.ofMinutes(5));
        assertThat(MonitorSettings.noDataTimeoutAfter(Events.window(Events.healthy(START, 200, "canary"))))
                .isEqualTo(Duration.ofMinutes(5));
        List<Event> slow = List.of(
                Events.at(START, Events.healthy("canary", 0)),
                Events.at(START.plusSeconds(20), Events.healthy("canary", 1)),
                Events.at(START.plusSeconds(60), Events.healthy("canary", 2)));
        assertThat(MonitorSettings.noDataTimeoutAfter(Events.window(slow))).isEqualTo(Duration.ofMinutes(10));
    }
}
