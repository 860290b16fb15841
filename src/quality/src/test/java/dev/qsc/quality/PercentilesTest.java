package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

@Label("Percentiles")
class PercentilesTest {
    @Property(tries = 300)
    @Label("are those of the sorted values, to the last bit")
    void areThoseOfTheSortedValues(@ForAll("confidences") double[] values, @ForAll @IntRange(max = 100) int percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        long scaledRank = (long) (sorted.length - 1) * percent;
        double below = sorted[(int) (scaledRank / 100)];
        double above = sorted[(int) ((scaledRank + 99) / 100)];

        assertThat(new Percentiles(values, values.length).at(percent))
                .isEqualTo(below + scaledRank % 100 / 100.0 * (above - below));
    }

    /** Spread, on a few values, or in a corner. */
    @Provide
    Arbitrary<double[]> confidences() {
        Arbitrary<Double> confidence = Arbitraries.oneOf(
                Arbitraries.doubles().between(0, 1).ofScale(17),
                Arbitraries.of(0.0, 0.1, 0.5, Math.nextDown(0.5), Math.nextUp(0.5), 0.9, Math.nextDown(1.0), 1.0),
                Arbitraries.doubles().between(0.4999, 0.5001).ofScale(17));
        return confidence.array(double[].class).ofMinSize(1).ofMaxSize(500);
    }
}
