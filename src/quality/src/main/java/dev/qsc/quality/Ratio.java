package dev.qsc.quality;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * An exact fraction, so that a share on its threshold is on it.
 *
 * @param denominator above zero
 */
public record Ratio(BigInteger numerator, BigInteger denominator) {
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    /** The fraction of two whole numbers. */
    public static Ratio of(long numerator, long denominator) {
        return new Ratio(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    /** The exact sum, in lowest terms. */
    public Ratio plus(Ratio other) {
        BigInteger sum = numerator.multiply(other.denominator).add(other.numerator.multiply(denominator));
        BigInteger product = denominator.multiply(other.denominator);
        BigInteger common = sum.gcd(product);
        return new Ratio(sum.divide(common), product.divide(common));
    }

    /** This, divided by a number above zero. */
    public Ratio dividedBy(long divisor) {
        return new Ratio(numerator, denominator.multiply(BigInteger.valueOf(divisor)));
    }

    /** By how many percentage points this is above so many percent; the sign is exact. */
    double pointsAbove(int percent) {
        return quotient(
                numerator.multiply(HUNDRED).subtract(denominator.multiply(BigInteger.valueOf(percent))), denominator);
    }

    /** By how many percentage points this is below so many percent; the sign is exact. */
    double pointsBelow(int percent) {
        return 0 - pointsAbove(percent);
    }

    /** This in percent, as near as a double gets. */
    public double percent() {
        return quotient(numerator.multiply(HUNDRED), denominator);
    }

    private static double quotient(BigInteger dividend, BigInteger divisor) {
        return new BigDecimal(dividend)
                .divide(new BigDecimal(divisor), MathContext.DECIMAL64)
                .doubleValue();
    }
}
