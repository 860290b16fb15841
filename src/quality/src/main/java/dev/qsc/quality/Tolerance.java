package dev.qsc.quality;

/**
 * How many failed checks it takes to roll back.
 *
 * @param failures so many failures
 * @param of among so many of the last checks that passed or failed, at most {@value #MAX}
 */
public record Tolerance(int failures, int of) {
    /** The longest memory. */
    public static final int MAX = 60;

    /** The first failure rolls back. */
    public static final Tolerance NONE = new Tolerance(1, 1);

    /** @throws IllegalArgumentException unless 1 <= failures <= of <= 60 */
    public Tolerance {
        if (failures < 1 || of < failures || of > MAX) {
            throw new IllegalArgumentException(
                    "failures/of is at least 1/1, at most %d/%d and not %d/%d".formatted(MAX, MAX, failures, of));
        }
    }
}
