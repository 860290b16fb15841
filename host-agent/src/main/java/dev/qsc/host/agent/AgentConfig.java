package dev.qsc.host.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code agent.yaml}.
 *
 * @param listen address and port of the agent API
 * @param certificate PEM file with the agent's chain
 * @param key PEM file with its PKCS#8 key
 * @param ca PEM file with the authorities that sign clients
 * @param clients the URI and DNS names of clients that are let in, exactly; DNS names in lower case
 */
record AgentConfig(InetSocketAddress listen, Path certificate, Path key, Path ca, Set<String> clients) {
    private static final Set<String> KEYS = Set.of("listen", "certificate", "key", "ca", "clients");
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
                listen(file, yaml.text("listen")),
                file.resolveSibling(yaml.text("certificate")),
                file.resolveSibling(yaml.text("key")),
                file.resolveSibling(yaml.text("ca")),
                clients.stream()
                        .map(name -> name.contains(":") ? name : name.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet()));
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
