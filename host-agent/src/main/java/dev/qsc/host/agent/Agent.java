package dev.qsc.host.agent;

import dev.qsc.agent.api.InvalidTlsException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** {@code qsc-agent}: the process. */
public final class Agent {
    private static final Path CONFIG = Path.of("/etc/qsc-agent/agent.yaml");
    private static final Duration BEFORE_THE_NEXT_TRY = Duration.ofSeconds(10);
    private static final String HELP = """
            qsc-agent: lets a QSC operator put AI models into engines on this host, and takes them out again

            usage: qsc-agent [--config FILE]   serve agent API v1 (default: %s)
                   qsc-agent --version
                   qsc-agent --help

            It needs no privileges: root's helpers, which it starts through systemd, do all that touches an engine.
            On the socket of qsc-agent.socket it ends when nobody calls and no canary is here; systemd starts it again.
            """.formatted(CONFIG);

    private Agent() {}

    /** Starts the agent; exit code 2 for a wrong call, 1 when it cannot serve. */
    public static void main(String[] arguments) {
        switch (List.of(arguments)) {
            case List<String> a when a.equals(List.of("--help")) -> print(System.out, HELP);
            case List<String> a
            when a.equals(List.of("--version")) -> print(System.out, "qsc-agent " + version() + "\n");
            case List<String> a when a.isEmpty() -> serve(CONFIG);
            case List<String> a when a.size() == 2 && a.getFirst().equals("--config") -> serve(Path.of(a.getLast()));
            case List<String> a
            when a.size() == 2 && a.getFirst().equals("--rehearse") -> Rehearsal.in(Path.of(a.getLast()));
            default -> {
                print(System.err, "qsc-agent does not take these arguments\n\n" + HELP);
                System.exit(2);
            }
        }
    }

    /** The version that was built. */
    static String version() {
        String version = Agent.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    private static void serve(Path file) {
        HostFiles files = new HostFiles(Path.of("/"));
        try {
            AgentConfig config = AgentConfig.read(file);
            HttpsServer server = server(config, files, door(config, file));
            if (isHandedASocket()) {
                server.closeWhenIdle(config.idleExit(), () -> !files.isArmed());
            }
            server.serve();
            Log.info("served", "idle_for", config.idleExit());
        } catch (InvalidConfigException | InvalidTlsException | HostException e) {
            fail(e.getMessage());
        } catch (IOException e) {
            fail("the address in " + file + " cannot be listened on: " + e.getMessage());
        }
    }

    /** What the configuration asks for, behind a door. */
    static HttpsServer server(AgentConfig config, HostFiles files, ServerSocketChannel door) throws IOException {
        Identity identity = new Identity(config.certificate(), config.key(), config.ca());
        BootClock clock = new BootClock(files.uptime(), InstantSource.system());
        Host host = new Host(files, clock, new Systemctl("systemctl"), identity::notAfter);
        Api api = new Api(host, new Relay(config.telemetry()), config.clients());
        Log.info(
                "serving",
                "listen",
                door.getLocalAddress(),
                "version",
                version(),
                "certificate_until",
                identity.notAfter());
        return new HttpsServer(door, identity::context, api);
    }

    /** The socket that systemd opened and passed as standard input, or else one of our own. */
    private static ServerSocketChannel door(AgentConfig config, Path file) throws IOException {
        if (System.inheritedChannel() instanceof ServerSocketChannel open) {
            InetSocketAddress address = (InetSocketAddress) open.getLocalAddress();
            if (config.listen().filter(listen -> !isThere(listen, address)).isPresent()) {
                throw new InvalidConfigException(file + " sets listen, but qsc-agent.socket listens at " + address
                        + ": take listen out, and set ListenStream= with systemctl edit qsc-agent.socket");
            }
            return open;
        }
        return ServerSocketChannel.open()
                .bind(config.listen()
                        .orElseThrow(() -> new InvalidConfigException(
                                file + " must set listen for an agent that systemd hands no socket")));
    }

    private static boolean isThere(InetSocketAddress wanted, InetSocketAddress there) {
        return wanted.equals(there)
                || (wanted.getPort() == there.getPort()
                        && wanted.getAddress().isAnyLocalAddress()
                        && there.getAddress().isAnyLocalAddress());
    }

    /** Those who knocked are still at systemd's door, and it would start the agent again at once, and again. */
    private static void fail(String sentence) {
        print(System.err, "qsc-agent cannot serve: " + sentence + "\n");
        try {
            if (isHandedASocket()) {
                Thread.sleep(BEFORE_THE_NEXT_TRY);
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(1);
    }

    private static boolean isHandedASocket() throws IOException {
        return System.inheritedChannel() instanceof ServerSocketChannel;
    }

    private static void print(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
    }
}
