package dev.qsc.host.agent;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** An agent on loopback, for a host that is a directory. */
final class TestAgent implements AutoCloseable {
    private final HttpsServer server;
    private final InetSocketAddress address;

    private TestAgent(HttpsServer server, InetSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    static TestAgent start(Supplier<SSLContext> tls, Api api) throws IOException {
        ServerSocketChannel door =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        HttpsServer server = new HttpsServer(door, tls, api);
        InetSocketAddress address = server.address();
        Thread.startVirtualThread(server::serve);
        return new TestAgent(server, address);
    }

    static TestAgent start(
            Credentials own, PretendRoot root, InstantSource wall, String client, Map<String, RedisStream> streams)
            throws IOException {
        BootClock clock = new BootClock(root.files().uptime(), wall);
        Host host = new Host(root.files(), clock, root, own::notAfter);
        SSLContext tls = TlsContext.server(own);
        return start(() -> tls, new Api(host, new Relay(streams), Set.of(client)));
    }

    int port() {
        return address.getPort();
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + port());
    }

    HttpsServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
