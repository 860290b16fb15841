package dev.qsc.host.agent;

import dev.qsc.agent.api.TlsContext;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Commands to a Redis and its answers (RESP 2), read piece by piece: nothing is kept that was not asked for, whatever
 * the stream holds, since the agent has little memory. Who has enough hangs up.
 */
final class RedisConversation implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 5_000;
    private static final int LONGEST_LINE = 1_024;

    private final Socket socket;
    private final InputStream in;

    private RedisConversation(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Redis answered with an error. */
    static final class ErrorReply extends IOException {
        private static final long serialVersionUID = 1L;

        ErrorReply(String message) {
            super(message);
        }
    }

    /** Connects and logs in. */
    static RedisConversation with(RedisStream stream) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(stream.host(), stream.port()), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            RedisConversation redis = new RedisConversation(stream.tls() ? secured(socket, stream) : socket);
            if (!stream.login().isEmpty()) {
                redis.say(Stream.concat(Stream.of("AUTH"), stream.login().stream())
                        .toArray(String[]::new));
                redis.line('+');
            }
            if (stream.database() != 0) {
                redis.say("SELECT", Integer.toString(stream.database()));
                redis.line('+');
            }
            return redis;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secured(Socket socket, RedisStream stream) throws IOException {
        SSLSocketFactory factory = stream.ca()
                .map(ca -> TlsContext.anonymous(ca).getSocketFactory())
                .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
        SSLSocket tls = (SSLSocket) factory.createSocket(socket, stream.host(), stream.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    /** How much longer than usual the next answer may take. */
    void expectToWait(Duration wait) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS + (int) wait.toMillis());
    }

    /** Sends a command. */
    void say(String... words) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            command.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            command.writeBytes(bytes);
            command.writeBytes(new byte[] {'\r', '\n'});
        }
        socket.getOutputStream().write(command.toByteArray());
        socket.getOutputStream().flush();
    }

    /** A simple string. */
    String simple() throws IOException {
        return line('+');
    }

    /** How many items follow; -1 for no array. */
    int array() throws IOException {
        return length('*');
    }

    /** A short string. */
    String text() throws IOException {
        byte[] bytes = bytes(LONGEST_LINE);
        if (bytes == null) {
            throw new ProtocolException("a text is too long");
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /**
     * The strings of an array; none when they hold more bytes altogether.
     *
     * @param most bytes that are kept
     */
    List<byte[]> strings(int most) throws IOException {
        int count = array();
        List<byte[]> strings = new ArrayList<>();
        int left = most;
        for (int i = 0; i < count; i++) {
            byte[] bytes = bytes(left);
            left = bytes == null ? 0 : left - bytes.length - Long.BYTES;
            if (left <= 0) {
                strings.clear();
            } else {
                strings.add(bytes);
            }
        }
        return strings;
    }

    /** The bytes of a string; null when there are more than that many. */
    private byte[] bytes(int most) throws IOException {
        int length = length('$');
        byte[] bytes = null;
        if (length <= most) {
            bytes = in.readNBytes(length);
        } else {
            in.skipNBytes(length);
        }
        in.skipNBytes(2);
        return bytes;
    }

    private int length(char type) throws IOException {
        String digits = line(type);
        if (!digits.matches("-1|[0-9]{1,9}")) {
            throw new ProtocolException("a length is no number");
        }
        return Integer.parseInt(digits);
    }

    private String line(char type) throws IOException {
        int first = in.read();
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (line.length() == LONGEST_LINE) {
                throw new ProtocolException("a line is too long");
            }
            line.append((char) next);
        }
        in.skipNBytes(1);
        if (first == '-') {
            throw new ErrorReply(line.toString());
        }
        if (first != type) {
            throw new ProtocolException("an answer is of another kind");
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
