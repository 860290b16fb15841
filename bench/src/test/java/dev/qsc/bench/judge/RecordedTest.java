package dev.qsc.bench.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.quality.Event;
import dev.qsc.quality.EventParser;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.RecentEvents;
import dev.qsc.quality.Thresholds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What the benchmarks judge:")
class RecordedTest {

    @Test
    @DisplayName("payloads of 4 models have exactly 700 bytes")
    void size() {
        assertThat(Recorded.entries(1_000, 4))
                .allSatisfy(entry -> assertThat(Recorded.payload(entry)).hasSize(Recorded.PAYLOAD_BYTES));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10})
    @DisplayName("every entry is usable, and names the canary and as many models as were asked for")
    void usable(int models) {
        EventParser parser = new EventParser();
        assertThat(Recorded.entries(1_000, models))
                .map(parser::parse)
                .allSatisfy(reading -> assertThat(reading).isInstanceOfSatisfying(Event.class, event -> {
                    assertThat(event.size()).isEqualTo(models);
                    assertThat(event.hasValid(Recorded.canary())).isTrue();
                }));
    }

    @Test
    @DisplayName("no model violates a rule of its own")
    void healthy() {
        EventParser parser = new EventParser();
        RecentEvents events = new RecentEvents(1_000);
        Recorded.entries(1_000, 4).forEach(entry -> events.append(parser.parse(entry)));
        var result = Gate.judge(events.window(), GateSettings.defaults(Recorded.canary()), Thresholds.defaults());
        assertThat(result.models())
                .hasSize(4)
                .allSatisfy(model -> assertThat(model.violations()).isEmpty());
    }
}
