package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.agent.api.UnitState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The configuration of a host")
class ConfigTest {
    private static final String GOOD = """
            # who may call
            listen: "0.0.0.0:9443"
            certificate: tls/agent.crt   # relative to this file
            key: /etc/keys/agent.key
            ca: tls/ca.crt
            clients:
              - spiffe://qsc.dev/Operator
              - Operator.Example
            """;

    @TempDir
    Path directory;

    @Test
    @DisplayName("holds address, files and clients; the packaged example does, too")
    void agent() throws IOException {
        Path file = directory.resolve("agent.yaml");
        AgentConfig config = AgentConfig.read(Files.writeString(file, GOOD));
        assertThat(config.listen()).contains(new InetSocketAddress("0.0.0.0", 9443));
        assertThat(config.certificate()).isEqualTo(directory.resolve("tls/agent.crt"));
        assertThat(config.key()).isEqualTo(Path.of("/etc/keys/agent.key"));
        assertThat(config.clients()).containsExactlyInAnyOrder("spiffe://qsc.dev/Operator", "operator.example");
        assertThat(AgentConfig.read(Path.of("src/main/root/usr/share/doc/qsc-agent/examples/agent.yaml"))
                        .clients())
                .containsExactly("spiffe://qsc.dev/operator");
    }

    @ParameterizedTest
    @DisplayName("is refused with a sentence that names the line or the key")
    @CsvSource(delimiter = '|', textBlock = """
                    listen: "0.0.0.0:9443"      | listen: localhost:9443 | sets listen to 'localhost:9443': write an IP address and a port, such as 0.0.0.0:9443
                    listen: "0.0.0.0:9443"      | listen: 0.0.0.0:99999  | sets listen to '0.0.0.0:99999': write an IP address and a port, such as 0.0.0.0:9443
                    listen: "0.0.0.0:9443"      | port: 9443             | line 2 sets port, which is none of ca, certificate, clients, idle_exit, key, listen, telemetry.*.ca, telemetry.*.stream, telemetry.*.url
                    listen: "0.0.0.0:9443"      | ca: twice              | line 5 repeats ca
                    listen: "0.0.0.0:9443"      | listen:                | must set listen to one value
                    ca: tls/ca.crt              | ca tls/ca.crt          | line 5 must be 'key: value', or '- value' under a key
                    - spiffe://qsc.dev/Operator | # - nobody             |
                    """)
    void badAgent(String good, String bad, String sentence) throws IOException {
        Path file = directory.resolve("agent.yaml");
        String text = GOOD.replace(good, bad);
        if (sentence == null) {
            Files.writeString(file, text.replace("  - Operator.Example\n", ""));
            sentence = "must list clients: the URI or DNS names of the operators' certificates";
        } else {
            Files.writeString(file, text);
        }
        assertThatThrownBy(() -> AgentConfig.read(file)).hasMessage(file + " " + sentence);
    }

    @Test
    @DisplayName("lists the streams that may be read through the host, by name")
    void telemetry() throws IOException {
        Path file = directory.resolve("agent.yaml");
        AgentConfig config = AgentConfig.read(Files.writeString(file, GOOD + """
                idle_exit: 5m
                telemetry:
                  trading:
                    url: redis://127.0.0.1   # no password
                    stream: quantum:stream:trade.intent
                  second-one:
                    stream: other
                    url: "rediss://reader:se%3Acret@redis.example.org:6380/3"
                    ca: tls/redis.crt
                """));
        assertThat(config.idleExit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.telemetry())
                .containsEntry(
                        "trading",
                        new RedisStream(
                                false,
                                "127.0.0.1",
                                6379,
                                0,
                                List.of(),
                                Optional.empty(),
                                "quantum:stream:trade.intent"))
                .containsEntry(
                        "second-one",
                        new RedisStream(
                                true,
                                "redis.example.org",
                                6380,
                                3,
                                List.of("reader", "se:cret"),
                                Optional.of(directory.resolve("tls/redis.crt")),
                                "other"))
                .hasSize(2);
        assertThat(config.telemetry().get("second-one")).hasToString("rediss://redis.example.org:6380/3");
    }

    @ParameterizedTest
    @DisplayName("is refused when a stream is not told properly, without repeating a password")
    @CsvSource(delimiter = '|', textBlock = """
                    http://127.0.0.1         | url    | sets telemetry.trading.url to no URL of a Redis: write redis://[[user]:password@]host[:port][/database], or rediss:// for TLS
                    redis://:secret@h ost    | url    | sets telemetry.trading.url to no URL of a Redis: write redis://[[user]:password@]host[:port][/database], or rediss:// for TLS
                    redis://user@127.0.0.1   | url    | sets telemetry.trading.url to no URL of a Redis: write redis://[[user]:password@]host[:port][/database], or rediss:// for TLS
                    redis://127.0.0.1        | stream | must set telemetry.trading.url to one value
                    redis://127.0.0.1        | key    | line 11 sets telemetry.trading.key, which is none of ca, certificate, clients, idle_exit, key, listen, telemetry.*.ca, telemetry.*.stream, telemetry.*.url
                    """)
    void badTelemetry(String url, String key, String sentence) throws IOException {
        Path file = directory.resolve("agent.yaml");
        Files.writeString(
                file,
                GOOD + "telemetry:\n  trading:\n    " + key + ": " + url + "\n"
                        + (key.equals("url") ? "    stream: s\n" : ""));
        assertThatThrownBy(() -> AgentConfig.read(file)).hasMessage(file + " " + sentence);
    }

    @Test
    @DisplayName("is refused when it is not there")
    void missing() {
        Path file = directory.resolve("none.yaml");
        assertThatThrownBy(() -> AgentConfig.read(file)).hasMessage(file + " cannot be read: NoSuchFileException");
    }

    @Test
    @DisplayName("limits a unit by durations")
    void limits() throws IOException {
        Path file = directory.resolve("e.service.yaml");
        Files.writeString(file, "max_lease: 1h30m\nmax_total: 24h\nstop_grace: 10s\nsoak: 500ms\n");
        assertThat(Limits.read(file)).isEqualTo(new UnitState.Limits(5_400_000, 86_400_000, 500));
        Files.writeString(file, "max_lease: 3 minutes\nmax_total: 24h\nstop_grace: 10s\nsoak: 500ms\n");
        assertThatThrownBy(() -> Limits.read(file))
                .hasMessage(file + " sets max_lease to '3 minutes': write a duration such as 3m");
    }
}
