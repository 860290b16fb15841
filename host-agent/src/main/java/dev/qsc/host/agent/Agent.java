package dev.qsc.host.agent;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** {@code qsc-agent}: the process. */
public final class Agent {
    private static final Path CONFIG = Path.of("/etc/qsc-agent/agent.yaml");
    private static final String HELP = """
            qsc-agent: lets a QSC operator put AI models into engines on this host, and takes them out again

            usage: qsc-agent [--config FILE]   serve agent API v1 (default: %s)
                   qsc-agent --version
                   qsc-agent --help

            It needs no privileges: root's helpers, which it starts through systemd, do all that touches an engine.
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
        try {
            AgentConfig config = AgentConfig.read(file);
            Credentials own = Credentials.read(config.certificate(), config.key(), config.ca());
            HostFiles files = new HostFiles(Path.of("/"));
            BootClock clock = new BootClock(files.uptime(), InstantSource.system());
            Host host = new Host(files, clock, new Systemctl("systemctl"), own.notAfter());
            new ApiServer(config.listen(), TlsContext.server(own), config.clients(), host).start();
            Log.info(
                    "serving",
                    "listen",
                    config.listen().getAddress().getHostAddress() + ":"
                            + config.listen().getPort(),
                    "version",
                    version(),
                    "certificate_until",
                    own.notAfter());
        } catch (InvalidConfigException | InvalidTlsException | HostException e) {
            fail(e.getMessage());
        } catch (IOException e) {
            fail("the address in " + file + " cannot be listened on: " + e.getMessage());
        }
    }

    private static void fail(String sentence) {
        print(System.err, "qsc-agent cannot serve: " + sentence + "\n");
        System.exit(1);
    }

    private static void print(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
    }
}
