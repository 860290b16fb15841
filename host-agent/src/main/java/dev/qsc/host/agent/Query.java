package dev.qsc.host.agent;

import dev.qsc.agent.api.InvalidRequestException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parameters of a call.
 *
 * @param values name to value
 */
record Query(Map<String, String> values) {
    private static final int MOST = 1_000;
    private static final Pattern ID = Pattern.compile("[0-9]{1,20}-[0-9]{1,20}");

    /**
     * Those of a call that takes no others.
     *
     * @throws InvalidRequestException when it has others
     */
    static Query of(HttpCall call, String... names) {
        call.query().keySet().stream()
                .filter(name -> !List.of(names).contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidRequestException(
                            "this call takes the parameters " + String.join(", ", names) + ", not " + name);
                });
        return new Query(call.query());
    }

    /** How many are wanted: 1 to 1,000; 100 when not said. */
    int count() {
        return (int) number("count", 100, 1, MOST);
    }

    /** A whole number. */
    long number(String name, long otherwise, long least, long most) {
        String text = values.getOrDefault(name, Long.toString(otherwise));
        if (text.matches("[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new InvalidRequestException(
                name + " must be a whole number from " + least + (most == Long.MAX_VALUE ? " on" : " to " + most));
    }

    /** The id of a stream's entry. */
    String id(String name) {
        String text = values.getOrDefault(name, "");
        if (!ID.matcher(text).matches()) {
            throw new InvalidRequestException(name + " must be the id of an entry: <milliseconds>-<number>");
        }
        return text;
    }
}
