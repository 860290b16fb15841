package dev.qsc.quality;

import java.util.Arrays;

/**
 * Exact percentiles of numbers from 0 to 1. Sorting all of them would be most of the work of a check, so they are
 * counted into buckets, and only the bucket that a rank falls into is sorted.
 */
final class Percentiles {
    private static final int BUCKETS = 1_024;

    private final double[] values;
    private final int count;

    /** How many values lie in the buckets before the i-th one. */
    private final int[] before = new int[BUCKETS + 1];

    private int sortedBucket = -1;
    private double[] sorted = {};

    /** Of the first {@code count} values, at least one, which are not written to. */
    Percentiles(double[] values, int count) {
        this.values = values;
        this.count = count;
        for (int i = 0; i < count; i++) {
            before[bucketOf(values[i]) + 1]++;
        }
        for (int i = 1; i <= BUCKETS; i++) {
            before[i] += before[i - 1];
        }
    }

    private static int bucketOf(double value) {
        return Math.min((int) (value * BUCKETS), BUCKETS - 1);
    }

    /** Linear interpolation between the two nearest ranks; the rank is computed in integers. */
    double at(int percent) {
        long scaledRank = (long) (count - 1) * percent;
        int rank = (int) (scaledRank / 100);
        double fraction = (scaledRank % 100) / 100.0;
        double below = ofRank(rank);
        return fraction == 0 ? below : below + fraction * (ofRank(rank + 1) - below);
    }

    /** The value that has so many others before it when all are sorted. */
    private double ofRank(int rank) {
        int bucket = bucketOfRank(rank);
        if (bucket != sortedBucket) {
            sorted = sort(bucket);
            sortedBucket = bucket;
        }
        return sorted[rank - before[bucket]];
    }

    private int bucketOfRank(int rank) {
        int bucket = 0;
        while (before[bucket + 1] <= rank) {
            bucket++;
        }
        return bucket;
    }

    private double[] sort(int bucket) {
        double[] content = new double[before[bucket + 1] - before[bucket]];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (bucketOf(values[i]) == bucket) {
                content[size++] = values[i];
            }
        }
        Arrays.sort(content);
        return content;
    }
}
