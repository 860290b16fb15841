package dev.qsc.quality;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Feeds payload after payload to one and the same parser: to open one for each would be an eighth of all work. */
final class PayloadInput extends InputStream {
    /** After so many bytes comes a new parser, since a parser keeps all names it has read. */
    private static final int BYTES_PER_PARSER = 1 << 20;

    private final JsonFactory json;
    private JsonParser parser;
    private long fed;
    private byte[] payload;
    private int at;

    PayloadInput(JsonFactory json) {
        this.json = json;
    }

    /** A parser that stands before this payload, and whose input ends with it. */
    JsonParser open(byte[] payload) throws IOException {
        this.payload = payload;
        at = 0;
        fed += payload.length;
        if (parser == null || fed > BYTES_PER_PARSER) {
            fed = 0;
            parser = json.createParser(this);
        }
        return parser;
    }

    /** Whether nothing but white space follows what the parser has read. */
    boolean isSpent() throws IOException {
        Spaces ahead = new Spaces();
        parser.releaseBuffered(ahead);
        ahead.write(payload, at, payload.length - at);
        return ahead.only;
    }

    /** The parser stumbled, and knows no longer where it is. */
    void discard() {
        parser = null;
    }

    @Override
    public int read() {
        return at < payload.length ? payload[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        int count = Math.min(length, payload.length - at);
        if (count == 0) {
            return -1;
        }
        System.arraycopy(payload, at, bytes, offset, count);
        at += count;
        return count;
    }

    /** Looks for anything else. */
    private static final class Spaces extends OutputStream {
        boolean only = true;

        @Override
        public void write(int b) {
            only &= EventParser.isSpace((byte) b);
        }
    }
}
