package dev.qsc.host.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code agent.yaml}.
 *
 * @param listen address and port of the agent API, for an agent that is not handed a socket by systemd
 * @param certificate PEM file with the agent's chain
 * @param key PEM file with its PKCS#8 key
 * @param ca PEM file with the authorities that sign clients
 * @param clients the URI and DNS names of clients that are let in, exactly; DNS names in lower case
 * @param idleExit how long the agent stays without a call while no canary is here
 * @param telemetry the streams that clients may read through this host, by name
 */
record AgentConfig(
        Optional<InetSocketAddress> listen,
        Path certificate,
        Path key,
        Path ca,
        Set<String> clients,
        Duration idleExit,
        Map<String, RedisStream> telemetry) {
    private static final Set<String> KEYS = Set.of(
            "listen",
            "certificate",
            "key",
            "ca",
            "clients",
            "idle_exit",
            "telemetry.*.url",
            "telemetry.*.stream",
            "telemetry.*.ca");
    private static final Pattern LISTEN = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[0-9.]+):([0-9]{1,5})");

    /**
     * The configuration in a file; paths in it are relative to the file.
     *
     * @throws InvalidConfigException when it is not as it should be
     */
    static AgentConfig read(Path file) {
        FlatYaml yaml = FlatYaml.read(file, KEYS);
        List<String> clients = yaml.list("clients");
        if (clients.isEmpty()) {
            throw new InvalidConfigException(
                    file + " must list clients: the URI or DNS names of the operators' certificates");
        }
        return new AgentConfig(
                yaml.has("listen") ? Optional.of(listen(file, yaml.text("listen"))) : Optional.empty(),
                file.resolveSibling(yaml.text("certificate")),
                file.resolveSibling(yaml.text("key")),
                file.resolveSibling(yaml.text("ca")),
                clients.stream()
                        .map(name -> name.contains(":") ? name : name.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet()),
                yaml.has("idle_exit") ? yaml.duration("idle_exit") : Duration.ofMinutes(1),
                yaml.below("telemetry").stream()
                        .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> stream(file, yaml, name))));
    }

    private static RedisStream stream(Path file, FlatYaml yaml, String name) {
        String at = "telemetry." + name + ".";
        try {
            return RedisStream.at(
                    yaml.text(at + "url"),
                    yaml.list(at + "ca").stream().findFirst().map(file::resolveSibling),
                    yaml.text(at + "stream"));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(
                    file + " sets " + at + "url to no URL of a Redis: write " + e.getMessage());
        }
    }

    private static InetSocketAddress listen(Path file, String text) {
        Matcher address = LISTEN.matcher(text);
        if (!address.matches() || Integer.parseInt(address.group(2)) > 65_535) {
            throw new InvalidConfigException(
                    file + " sets listen to '" + text + "': write an IP address and a port, such as 0.0.0.0:9443");
        }
        try {
            InetAddress ip = InetAddress.ofLiteral(address.group(1).replaceAll("[\\[\\]]", ""));
            return new InetSocketAddress(ip, Integer.parseInt(address.group(2)));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(file + " sets listen to '" + text + "', which holds no IP address");
        }
    }
}
