package dev.qsc.quality;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One entry of a stream, undecoded: an id and fields in their order, names and values as the bytes that were added. A
 * name may occur more than once.
 */
public final class StreamEntry {
    private final StreamId id;
    private final List<byte[]> fields;

    /**
     * @param fields names and values in turn: name, value, name, value; not copied
     * @throws IllegalArgumentException when a name has no value
     */
    public StreamEntry(StreamId id, List<byte[]> fields) {
        if (fields.size() % 2 != 0) {
            throw new IllegalArgumentException("Entry " + id + " has a field without a value");
        }
        this.id = id;
        this.fields = Collections.unmodifiableList(fields);
    }

    /** An entry from text: name, value, name, value, written as UTF-8. */
    public static StreamEntry of(StreamId id, String... fields) {
        List<byte[]> bytes = new ArrayList<>(fields.length);
        for (String field : fields) {
            bytes.add(field.getBytes(UTF_8));
        }
        return new StreamEntry(id, bytes);
    }

    /** Place and time of the entry. */
    public StreamId id() {
        return id;
    }

    /** Names and values in turn. The arrays are the entry's own: do not write to them. */
    public List<byte[]> fields() {
        return fields;
    }

    /** The sum of the lengths of all names and values, in bytes. */
    public long size() {
        return fields.stream().mapToLong(field -> field.length).sum();
    }

    @Override
    public String toString() {
        return "StreamEntry[" + id + ", " + size() + " bytes]";
    }
}
