package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.quality.Reference.Vote;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;

@Label("The judge agrees with a slow reference")
class ReferenceTest {
    private static final List<String> MODELS = List.of("a", "b", "c", "d", "e", "f");
    private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

    @Property(tries = 400)
    @Label("on statistics and every rule, on and beside the thresholds")
    void agrees(
            @ForAll("streams") List<List<Vote>> events,
            @ForAll("thresholds") Thresholds thresholds,
            @ForAll @IntRange(min = 1, max = 4) int minVoters) {
        GateSettings settings = new GateSettings(1, 1, minVoters, Models.ALL, Optional.empty());
        Reference reference = new Reference(events);

        GateResult result = Gate.judge(parsed(events), settings, thresholds);

        assertThat(result.models()).extracting(ModelReport::model).containsExactlyElementsOf(reference.models());
        for (ModelReport report : result.models()) {
            String model = report.model();
            ModelStats stats = report.figures().stats().orElseThrow();
            assertThat(stats.n()).isEqualTo(reference.of(model).size());
            assertThat(stats.mean()).isCloseTo(reference.mean(model).doubleValue(), EXACTLY);
            assertThat(stats.std()).isCloseTo(reference.std(model).doubleValue(), EXACTLY);
            assertThat(stats.p10()).isCloseTo(reference.percentile(model, 10).doubleValue(), EXACTLY);
            assertThat(stats.p90()).isCloseTo(reference.percentile(model, 90).doubleValue(), EXACTLY);
            assertThat(reasons(report.violations())).isEqualTo(reference.shape(model, thresholds));
        }
        assertThat(reasons(result.ensembleViolations())).isEqualTo(reference.ensemble(minVoters, thresholds));
    }

    @Property(tries = 400)
    @Label("on the scoreboard, which says overall what the monitor says, and whose margins tell what is violated")
    void scoreboard(
            @ForAll("streams") List<List<Vote>> events,
            @ForAll("thresholds") Thresholds thresholds,
            @ForAll @IntRange(min = 1, max = 40) int minSamples,
            @ForAll Models models,
            @ForAll("canaries") String canary) {
        Window window = parsed(events);
        Instant now = Instant.EPOCH;
        MonitorSettings monitor =
                new MonitorSettings(canary, Duration.ofMinutes(30), minSamples, 2, models, Duration.ofMinutes(5));
        CheckResult check = Monitor.check(window, monitor, thresholds, now, now);

        Scoreboard scoreboard = Scoreboard.of(
                window,
                Optional.empty(),
                new GateSettings(1, minSamples, 2, models, Optional.of(canary)),
                thresholds,
                now);

        assertThat(scoreboard).isEqualTo(Scoreboard.of(check, minSamples, thresholds, now));
        assertThat(scoreboard.overall())
                .isEqualTo(
                        switch (check) {
                            case CheckResult.Pass pass -> Standing.GO;
                            case CheckResult.Fail fail -> Standing.NO_GO;
                            default -> Standing.WAIT;
                        });
        Reference reference = new Reference(events);
        for (ModelStanding line : scoreboard.models()) {
            Set<String> shape = reference.shape(line.model(), thresholds);
            assertThat(reasons(line.margins().stream()
                            .filter(margin -> margin.distance() < 0)
                            .map(Margin::violation)
                            .toList()))
                    .isEqualTo(shape);
            boolean isEnough = reference.of(line.model()).size() >= minSamples;
            assertThat(reasons(line.violations())).isEqualTo(isEnough ? shape : Set.of());
            Standing judged = shape.isEmpty() ? Standing.GO : Standing.NO_GO;
            assertThat(line.standing()).isEqualTo(isEnough ? judged : Standing.WAIT);
        }
    }

    @Provide
    Arbitrary<String> canaries() {
        return Arbitraries.of("a", "c", "f", "absent");
    }

    private static Set<String> reasons(List<Violation> violations) {
        Set<String> reasons = new TreeSet<>();
        violations.forEach(violation -> reasons.add(violation.reason()));
        return reasons;
    }

    private static Window parsed(List<List<Vote>> events) {
        EventParser parser = new EventParser();
        List<Event> parsed = new ArrayList<>();
        for (List<Vote> votes : events) {
            List<String> breakdown = votes.stream()
                    .map(vote -> Events.vote(
                            vote.model(),
                            vote.action().name(),
                            vote.confidence().toString().toLowerCase(Locale.ROOT)))
                    .toList();
            parsed.add((Event) parser.parse(StreamEntry.of(
                    new StreamId(1, parsed.size()),
                    "event_type",
                    "trade.intent",
                    "payload",
                    "{\"model_breakdown\":{" + String.join(",", breakdown) + "}}")));
        }
        return Events.window(parsed);
    }

    /** Few distinct shares and confidences, so that thresholds are hit and not only missed. */
    @Provide
    Arbitrary<List<List<Vote>>> streams() {
        Arbitrary<BigDecimal> coarse =
                Arbitraries.of("0", "0.44", "0.45", "0.5", "0.55", "0.56", "1").map(BigDecimal::new);
        Arbitrary<BigDecimal> fine = Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, BigDecimal.ONE)
                .ofScale(6);
        Arbitrary<Action> action =
                Arbitraries.frequency(Tuple.of(7, Action.HOLD), Tuple.of(2, Action.BUY), Tuple.of(1, Action.SELL));
        return Arbitraries.oneOf(eventsOf(coarse, action), eventsOf(fine, action));
    }

    private static Arbitrary<List<List<Vote>>> eventsOf(Arbitrary<BigDecimal> confidence, Arbitrary<Action> action) {
        Arbitrary<List<Vote>> event = Arbitraries.integers()
                .between(1, MODELS.size())
                .flatMap(size -> Combinators.combine(
                                action.list().ofSize(size), confidence.list().ofSize(size))
                        .as((actions, confidences) -> {
                            List<Vote> votes = new ArrayList<>();
                            for (int i = 0; i < size; i++) {
                                votes.add(new Vote(MODELS.get(i), actions.get(i), confidences.get(i)));
                            }
                            return votes;
                        }));
        return event.list().ofMinSize(1).ofMaxSize(40);
    }

    @Provide
    Arbitrary<Thresholds> thresholds() {
        return Arbitraries.of(
                Thresholds.defaults(),
                new Thresholds(50, 60, 0.05, 0.11, 0.0, 50, 75, 25),
                new Thresholds(0, 100, 0.06, 0.12, 0.055, 60, 60, 0),
                new Thresholds(100, 0, 0.5, 1, 0.01, 0, 100, 100));
    }
}
