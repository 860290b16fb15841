package dev.qsc.quality;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8: Jackson lets overlong forms and lone surrogates pass, so bytes are checked before it sees them. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer discarded = CharBuffer.allocate(1024);

    boolean isValid(byte[] bytes) {
        return isAscii(bytes) || decodes(bytes);
    }

    private static boolean isAscii(byte[] bytes) {
        int i = 0;
        long seen = 0;
        for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
            seen |= (long) LONGS.get(bytes, i);
        }
        for (; i < bytes.length; i++) {
            seen |= bytes[i] & 0x80;
        }
        return (seen & HIGH_BITS) == 0;
    }

    private boolean decodes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        decoder.reset();
        while (true) {
            var result = decoder.decode(in, discarded.clear(), true);
            if (!result.isOverflow()) {
                return !result.isError();
            }
        }
    }
}
