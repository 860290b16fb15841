package dev.qsc.agent.api;

import java.util.regex.Pattern;

final class Check {
    private Check() {}

    static void that(boolean holds, String field, String sentence) {
        if (!holds) {
            throw new InvalidRequestException(field + " " + sentence);
        }
    }

    static <T> T present(String field, T value) {
        that(value != null, field, "is missing");
        return value;
    }

    static void matches(String field, String value, String regex) {
        present(field, value);
        that(Pattern.matches(regex, value), field, "must match " + regex);
    }
}
