package dev.qsc.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.util.Arrays;

/**
 * The lines of a text in strict UTF-8, one at a time. Lines end with LF or CRLF; a byte order mark before the first one
 * is skipped. A line is bounded, so that a file that is no text does not fill the memory.
 */
final class Lines implements AutoCloseable {
    /** In bytes. Redis itself takes values of up to 512 MB, but nobody writes such events. */
    static final int LONGEST = 32 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream in;
    private final CharsetDecoder decoder = UTF_8.newDecoder();
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int number;
    private boolean isComplete;
    private CharBuffer line = CharBuffer.allocate(1 << 12);

    Lines(InputStream in) {
        this.in = in;
    }

    /** Number of the line that was read last, from 1. */
    int number() {
        return number;
    }

    /** Whether the line that was read last had an end; only the last one of a file may have none. */
    boolean isComplete() {
        return isComplete;
    }

    /**
     * Reads a line.
     *
     * @return the line without its end, valid until the next call; null when there is none
     * @throws CharacterCodingException when it is not UTF-8
     * @throws IllegalArgumentException when it is longer than {@link #LONGEST}
     */
    CharBuffer next() throws IOException {
        int length = lengthOfNext();
        if (length < 0) {
            return null;
        }
        number++;
        ByteBuffer bytes = ByteBuffer.wrap(buffer, start, length);
        start += Math.min(end - start, length + 1);
        return decoded(bytes);
    }

    /** Bytes before the next LF, or before the end of the file; -1 when nothing is left. */
    private int lengthOfNext() throws IOException {
        int searched = 0;
        while (true) {
            for (int i = start + searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    isComplete = true;
                    return i - start;
                }
            }
            searched = end - start;
            if (!fill()) {
                isComplete = false;
                return searched == 0 ? -1 : searched;
            }
        }
    }

    private boolean fill() throws IOException {
        if (end - start >= LONGEST) {
            number++;
            isComplete = true;
            throw new IllegalArgumentException("the line is longer than %d MB".formatted(LONGEST >> 20));
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(2 * end, LONGEST));
        }
        int count = in.read(buffer, end, buffer.length - end);
        end += Math.max(count, 0);
        return count >= 0;
    }

    private CharBuffer decoded(ByteBuffer bytes) throws CharacterCodingException {
        if (line.capacity() < bytes.remaining()) {
            line = CharBuffer.allocate(Math.max(bytes.remaining(), 2 * line.capacity()));
        }
        line.clear();
        decoder.reset();
        var result = decoder.decode(bytes, line, true);
        if (result.isError()) {
            result.throwException();
        }
        line.flip();
        if (number == 1 && line.hasRemaining() && line.get(0) == BYTE_ORDER_MARK) {
            line.get();
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
