package dev.qsc.quality;

import java.time.Duration;

/** Checks of settings. */
final class Check {
    private Check() {}

    static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is at least 1, not " + value);
        }
    }

    static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + " is longer than no time, not " + value);
        }
    }
}
