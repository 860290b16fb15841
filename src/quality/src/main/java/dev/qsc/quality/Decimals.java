package dev.qsc.quality;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Figures in messages. */
final class Decimals {
    private static final int MOST = 12;

    private Decimals() {}

    /** Rounds for people. */
    static String rounded(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
    }

    /** Rounds for people, with as many more decimals as it takes to tell the value from the threshold it missed. */
    static String beside(double threshold, double value, int decimals) {
        int scale = decimals;
        while (scale < MOST && Double.parseDouble(rounded(value, scale)) == threshold) {
            scale++;
        }
        return rounded(value, scale);
    }

    static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
