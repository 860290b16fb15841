package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.quality.StreamEntry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** A Redis with one entry in its stream, as far as a training needs one. */
final class PretendRedis implements AutoCloseable {
    private final ServerSocket server;
    private final byte[] entries;

    private PretendRedis(ServerSocket server, byte[] entries) {
        this.server = server;
        this.entries = entries;
    }

    static PretendRedis holding(StreamEntry entry) {
        try {
            PretendRedis redis =
                    new PretendRedis(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), encoded(entry));
            Thread.ofVirtual().start(redis::serve);
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "redis://127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
        try {
            while (true) {
                try (Socket client = server.accept()) {
                    answer(client);
                }
            }
        } catch (IOException _) {
            // closed: the training is over
        }
    }

    private void answer(Socket client) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "XREVRANGE" -> client.getOutputStream().write(entries);
                case "XREAD" -> client.getOutputStream().write("*-1\r\n".getBytes(UTF_8));
                case "TYPE" -> client.getOutputStream().write("$6\r\nstream\r\n".getBytes(UTF_8));
                case "TIME" -> client.getOutputStream().write("*2\r\n$1\r\n1\r\n$1\r\n1\r\n".getBytes(UTF_8));
                default -> {}
            }
        }
    }

    private static byte[] encoded(StreamEntry entry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("*1\r\n*2\r\n".getBytes(UTF_8));
        bulk(out, entry.id().toString().getBytes(UTF_8));
        List<byte[]> fields = entry.fields();
        out.write(("*" + fields.size() + "\r\n").getBytes(UTF_8));
        for (byte[] field : fields) {
            bulk(out, field);
        }
        return out.toByteArray();
    }

    private static void bulk(ByteArrayOutputStream out, byte[] bytes) throws IOException {
        out.write(("$" + bytes.length + "\r\n").getBytes(UTF_8));
        out.write(bytes);
        out.write("\r\n".getBytes(UTF_8));
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
