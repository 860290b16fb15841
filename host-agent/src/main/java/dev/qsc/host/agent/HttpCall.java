package dev.qsc.host.agent;

import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.Problem;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One HTTP/1.1 request, whole: a head of at most 16 KiB, a body of at most 64 KiB whose length was said beforehand.
 *
 * @param method such as {@code GET}
 * @param path as it was sent, without the query
 * @param query its parameters, decoded
 * @param body its text; empty when it has no body
 * @param last whether the client wants no answer after this one
 */
record HttpCall(String method, String path, Map<String, String> query, String body, boolean last) {
    private static final int LARGEST_HEAD = 16 * 1024;
    private static final int LARGEST_BODY = 64 * 1024;
    private static final String END = "\r\n\r\n";
    private static final Pattern START = Pattern.compile("([A-Z]{1,16}) (/[!-~]*) HTTP/1\\.([01])");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");

    /**
     * Reads a request.
     *
     * @param first its first byte
     * @param out where a client is told to go on that waits to be told so
     * @throws InvalidRequestException when it is not HTTP as this agent reads it; what follows cannot be understood
     * @throws RefusedException when it is too large; likewise
     */
    static HttpCall read(int first, InputStream in, OutputStream out) throws IOException {
        List<String> head = head(first, in);
        Matcher start = START.matcher(head.getFirst());
        valid(start.matches(), "the first line must be a method, a path and HTTP/1.1");
        Map<String, String> headers = headers(head.subList(1, head.size() - 2));
        boolean old = start.group(3).equals("0");
        valid(old || headers.containsKey("host"), "the header Host is missing");
        String[] target = start.group(2).split("\\?", 2);
        return new HttpCall(
                start.group(1),
                target[0],
                query(target.length == 2 ? target[1] : ""),
                body(headers, in, out),
                old
                        || headers.getOrDefault("connection", "")
                                .toLowerCase(Locale.ROOT)
                                .contains("close"));
    }

    /** The lines up to the empty one, and two empty ones. */
    private static List<String> head(int first, InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.write(first);
        int ending = first == '\r' ? 1 : 0;
        while (ending < END.length()) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            if (bytes.size() == LARGEST_HEAD) {
                throw tooLarge("a request's head", LARGEST_HEAD);
            }
            bytes.write(next);
            ending = next == END.charAt(ending) ? ending + 1 : next == '\r' ? 1 : 0;
        }
        return List.of(bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1));
    }

    private static Map<String, String> headers(List<String> lines) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : lines) {
            Matcher header = HEADER.matcher(line);
            valid(header.matches(), "a header must be a line of name: value");
            String name = header.group(1).toLowerCase(Locale.ROOT);
            boolean once =
                    headers.merge(name, header.group(2), (a, b) -> a + "," + b).equals(header.group(2));
            valid(once || !List.of("host", "content-length").contains(name), "a header is repeated: " + name);
        }
        return headers;
    }

    private static String body(Map<String, String> headers, InputStream in, OutputStream out) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new RefusedException(
                    Problem.Kind.LENGTH_REQUIRED.detail("send the body as it is, with its Content-Length"));
        }
        String said = headers.getOrDefault("content-length", "0");
        valid(said.matches("[0-9]{1,18}"), "the header Content-Length must be a number of bytes");
        long length = Long.parseLong(said);
        if (length > LARGEST_BODY) {
            throw tooLarge("a body", LARGEST_BODY);
        }
        if (length > 0 && headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new EOFException();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException("the body is not UTF-8");
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            String[] both = pair.split("=", 2);
            valid(both.length == 2, "a parameter must be name=value");
            valid(query.put(decoded(both[0]), decoded(both[1])) == null, "a parameter is repeated");
        }
        return query;
    }

    /** The pieces of the path between its slashes, decoded one by one. */
    List<String> pieces() {
        return Arrays.stream(path.substring(1).split("/", -1))
                .map(piece -> decoded(piece.replace("+", "%2B")))
                .toList();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("a % in the path or its parameters is not part of %XX");
        }
    }

    private static void valid(boolean holds, String sentence) {
        if (!holds) {
            throw new InvalidRequestException(sentence);
        }
    }

    private static RefusedException tooLarge(String what, int most) {
        return new RefusedException(Problem.Kind.TOO_LARGE.detail(what + " may have " + most + " bytes at most"));
    }
}
