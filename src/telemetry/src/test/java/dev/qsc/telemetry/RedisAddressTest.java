package dev.qsc.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The address of a Redis server")
class RedisAddressTest {
    @ParameterizedTest(name = "{0} is shown as {1}")
    @DisplayName("is read from a URL, and shown without user and password")
    @CsvSource({
        "redis://redis, redis://redis:6379",
        "redis://my_redis:7000/, redis://my_redis:7000",
        "rediss://redis.prod.svc:6380/3, rediss://redis.prod.svc:6380/3",
        "redis://:s3cret@127.0.0.1, redis://127.0.0.1:6379",
        "redis://qsc:s3cret@127.0.0.1:6379/0, redis://127.0.0.1:6379",
        "redis://[::1]:6379, redis://[::1]:6379",
        "' redis://redis\n', redis://redis:6379"
    })
    void reads(String url, String shown) {
        assertThat(RedisAddress.parse(url)).hasToString(shown);
    }

    @Test
    @DisplayName("holds user and password, with %XX decoded and + kept")
    void userAndPassword() {
        RedisAddress address = RedisAddress.parse("redis://qsc:p%40ss%3A%2F+w@redis");
        assertThat(address.user()).isEqualTo(Optional.of("qsc"));
        assertThat(address.password()).isEqualTo(Optional.of("p@ss:/+w"));
        assertThat(RedisAddress.parse("redis://:pw@redis").user()).isEmpty();
        assertThat(RedisAddress.parse("redis://redis").password()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("is refused in a sentence that does not repeat it")
    @ValueSource(
            strings = {
                "",
                "s3cret",
                "http://:s3cret@redis",
                "redis:s3cret@redis",
                "redis://:s3cret@",
                "redis://:s3cret@redis:0",
                "redis://:s3cret@redis:70000",
                "redis://:s3cret@redis:x",
                "redis://:s3cret@redis/x",
                "redis://:s3cret@redis/1?ssl=true",
                "redis://:s3cret/@redis",
                "redis://s3cret@redis",
                "redis://:s3cret%@redis",
                "redis://:s3cret@a b"
            })
    void refuses(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url)).isInstanceOfSatisfying(TelemetryException.class, e -> {
            assertThat(e.kind()).isEqualTo(TelemetryException.Kind.BAD_ADDRESS);
            assertThat(e.getMessage()).contains("Redis URL").doesNotContain("s3cret");
            assertThat(e.getCause()).isNull();
        });
    }
}
