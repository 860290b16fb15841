package dev.qsc.cli;

import dev.qsc.quality.Margin;
import dev.qsc.quality.ModelStanding;
import dev.qsc.quality.ReplayStep.Checked;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.Standing;
import dev.qsc.quality.Thresholds;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How near a replay came to each threshold, or how far beyond: what thresholds are tuned by. */
final class ClosestCalls {
    private final int minSamples;
    private final Thresholds thresholds;
    private final Map<Subject, Call> calls = new LinkedHashMap<>();

    /** What a figure says something about. */
    private record Subject(String model, String rule) {}

    /** A figure at its worst. */
    record Call(Margin margin, Instant at) {
        private Call worse(Call other) {
            return other.margin.distance() < margin.distance() ? other : this;
        }

        /** {@code patchtst:ACTION_COLLAPSE:HOLD}. */
        String rule() {
            return margin.model().map(model -> model + ":").orElse("") + name(margin);
        }
    }

    ClosestCalls(int minSamples, Thresholds thresholds) {
        this.minSamples = minSamples;
        this.thresholds = thresholds;
    }

    void add(Checked check) {
        Scoreboard board = Scoreboard.of(check.result(), minSamples, thresholds, check.at());
        Stream<Margin> models = board.models().stream()
                .filter(model -> model.figures().valid() >= minSamples)
                .map(ModelStanding::margins)
                .flatMap(List::stream);
        Stream<Margin> ensemble =
                board.ensemble().standing() == Standing.WAIT ? Stream.empty() : board.ensemble().margins().stream();
        Stream.concat(models, ensemble)
                .forEach(margin -> calls.merge(
                        new Subject(margin.model().orElse(""), name(margin)),
                        new Call(margin, check.at()),
                        Call::worse));
    }

    private static String name(Margin margin) {
        return margin.rule().name()
                + margin.action().map(action -> ":" + action).orElse("");
    }

    /** Every rule that was judged at least once, at its worst. */
    List<Call> list() {
        return List.copyOf(calls.values());
    }

    Table table() {
        Table table = new Table("rule", "figure", "violated when", "distance", "at");
        for (Call call : calls.values()) {
            table.add(List.of(
                    call.rule(),
                    call.margin().figure(),
                    call.margin().limit(),
                    Numbers.distance(call.margin()),
                    call.at().toString()));
        }
        return table;
    }
}
