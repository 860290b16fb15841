package dev.qsc.host.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One of root's records: {@code key=value} lines closed by {@code end}, so that a torn one can be told.
 *
 * @param values each key's value
 */
record KeyValues(Map<String, String> values) {

    /** The record in a text; empty when it is torn. */
    static Optional<KeyValues> parse(String text) {
        if (!text.endsWith("\nend\n")) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        text.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return Optional.of(new KeyValues(values));
    }

    /** A value; empty when absent. */
    String text(String key) {
        return values.getOrDefault(key, "");
    }

    /** A value; null when absent or empty. */
    String textOrNull(String key) {
        String value = text(key);
        return value.isEmpty() ? null : value;
    }

    /** A whole number; 0 when absent or not one. */
    long number(String key) {
        String value = text(key);
        return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : 0;
    }
}
