package dev.qsc.operator.hosts;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.api.EngineHostSpec;
import dev.qsc.operator.OperatorConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The agents that this operator talks to, each through one client that keeps its connection. */
@Singleton
public class Agents {
    private final OperatorConfig.Tls files;
    private volatile Identity identity;

    /** Clients that share one state of the certificate files. */
    private record Identity(List<FileTime> written, Credentials credentials, Map<Address, AgentClient> clients) {}

    private record Address(URI uri, String serverName) {}

    Agents(OperatorConfig config) {
        this.files = config.agent().tls();
    }

    /**
     * Calls the agent of a host, in this thread.
     *
     * @param call ends within the bounds of {@link AgentClient}
     */
    public <T> Answer<T> call(EngineHostSpec host, Function<AgentClient, Answer<T>> call) {
        try {
            return call.apply(client(host));
        } catch (InvalidTlsException e) {
            return new Answer.NotTrusted<>("the operator has no certificate to show: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new Answer.Unreachable<>("the EngineHost cannot be called: " + e.getMessage());
        }
    }

    private AgentClient client(EngineHostSpec host) {
        Identity own = identity();
        Address address = new Address(URI.create(host.address()), host.serverName());
        return own.clients()
                .computeIfAbsent(address, to -> new AgentClient(to.uri(), to.serverName(), own.credentials()));
    }

    /**
     * Reads the files again when one was written. Clients of the old certificate are let go without being closed, since
     * calls may be in flight; a client that nobody refers to ends by itself.
     */
    private synchronized Identity identity() {
        List<FileTime> written = Stream.of(files.cert(), files.key(), files.ca())
                .map(Agents::written)
                .toList();
        if (identity == null || !identity.written().equals(written)) {
            identity = new Identity(
                    written, Credentials.read(files.cert(), files.key(), files.ca()), new ConcurrentHashMap<>());
        }
        return identity;
    }

    private static FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new InvalidTlsException(file + " cannot be read: mount the operator's client certificate there", e);
        }
    }
}
