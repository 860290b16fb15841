package dev.qsc.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A duration")
class DurationsTest {
    @ParameterizedTest(name = "{0} is {1} and is written {2}")
    @CsvSource({
        "30s, PT30S, 30s",
        "6h, PT6H, 6h",
        "500ms, PT0.5S, 500ms",
        "1h30m, PT1H30M, 1h30m",
        "90m, PT1H30M, 1h30m",
        "1s1s, PT2S, 2s",
        "48h, PT48H, 48h",
        "1500ms, PT1.5S, 1s500ms",
        "0s, PT0S, 0s",
        "999999h999999h, PT1999998H, 1999998h"
    })
    @DisplayName("is read as the sum of its terms and written in the largest units that fit")
    void isReadAndWritten(String text, Duration duration, String canonical) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(canonical);
    }

    @ParameterizedTest(name = "{0}")
    @NullSource
    @ValueSource(strings = {"", "5", "s", "5 m", "5m ", "-5m", "1.5h", "5d", "5M", "1000000h", "٣s", "PT5M"})
    @DisplayName("that is none is refused with a sentence that shows one")
    void isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("\"" + text + "\" is no duration")
                .withMessageContaining("such as 30s, 5m or 1h30m");
    }

    @Test
    @DisplayName("below zero cannot be written")
    void isNotNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.format(Duration.ofSeconds(-1)));
    }
}
