package dev.qsc.agent.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The weights an operator asks a host to run: model to share, six decimals each, summing to exactly 1.
 *
 * <p>The file that a host writes for them is fixed to the byte ({@link #canonicalJson}), so that both sides name it by
 * the same digest without sending it back and forth.
 *
 * @param shares model to share, in the order of the models' code points
 */
public record Weights(SortedMap<String, BigDecimal> shares) {
    /** Most models a host takes. */
    public static final int MAX_MODELS = 64;

    private static final int DECIMALS = 6;

    /**
     * A model's name goes into an EnvironmentFile and into JSON, both rendered by root: no character that either could
     * read as more than itself.
     */
    private static final Pattern MODEL = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}._:@+-]{0,127}");

    /** Code point by code point, which is also the order of the UTF-8 bytes; no locale, no normalisation. */
    public static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    public Weights {
        Check.present("weights", shares);
        Check.that(
                !shares.isEmpty() && shares.size() <= MAX_MODELS,
                "weights",
                "must name 1 to " + MAX_MODELS + " models, not " + shares.size());
        SortedMap<String, BigDecimal> ordered = new TreeMap<>(BY_CODE_POINT);
        shares.forEach((model, share) -> ordered.put(checkedModel(model), checkedShare(model, share)));
        BigDecimal sum = ordered.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        Check.that(sum.compareTo(BigDecimal.ONE) == 0, "weights", "must sum to exactly 1, not " + sum.toPlainString());
        shares = Collections.unmodifiableSortedMap(ordered);
    }

    /**
     * Weights from any map.
     *
     * @throws InvalidRequestException when a name is not allowed, a share has more than six decimals or is outside
     *     0..1, or the sum is not 1
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Weights of(Map<String, BigDecimal> shares) {
        return new Weights(shares == null ? null : new TreeMap<>(shares));
    }

    /** Whether a model may be named so on a host. */
    public static boolean allowsModel(String model) {
        return model != null && MODEL.matcher(model).matches();
    }

    @JsonValue
    Map<String, BigDecimal> json() {
        return shares;
    }

    /** The bytes of the weights file: one line, keys in code point order, no blanks, a newline at the end. */
    public String canonicalJson() {
        return shares.entrySet().stream()
                .map(e -> '"' + e.getKey() + "\":" + e.getValue().toPlainString())
                .collect(Collectors.joining(",", "{", "}\n"));
    }

    /** SHA-256 of {@link #canonicalJson}, in lower-case hex: the name of the weights file on a host. */
    public String digest() {
        return Digests.sha256(canonicalJson().getBytes(StandardCharsets.UTF_8));
    }

    private static String checkedModel(String model) {
        Check.that(
                allowsModel(model),
                "weights",
                "names a model that no host takes: a name is 1 to 128 letters, digits and ._:@+- and starts with a letter or digit");
        return model;
    }

    private static BigDecimal checkedShare(String model, BigDecimal share) {
        Check.present("weights." + model, share);
        Check.that(
                share.signum() >= 0 && share.compareTo(BigDecimal.ONE) <= 0,
                "weights." + model,
                "must be between 0 and 1");
        Check.that(
                share.stripTrailingZeros().scale() <= DECIMALS,
                "weights." + model,
                "must have at most " + DECIMALS + " decimals");
        return share.setScale(DECIMALS, RoundingMode.UNNECESSARY);
    }
}
