package dev.qsc.cli;

import dev.qsc.quality.Thresholds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Thresholds under the names that {@code spec.thresholds} of a CanaryRollout has. */
final class ThresholdNames {
    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,3}");
    private static final Pattern DECIMAL = Pattern.compile("0([.][0-9]{1,6})?|1([.]0{1,6})?");

    private ThresholdNames() {}

    /** Every threshold by its name, in the order of the spec. */
    static Map<String, Number> values(Thresholds thresholds) {
        Map<String, Number> values = new LinkedHashMap<>();
        values.put("maxClassShare", thresholds.maxClassSharePercent());
        values.put("maxHoldShare", thresholds.maxHoldSharePercent());
        values.put("minStdDev", thresholds.minStdDev());
        values.put("minRange", thresholds.minRange());
        values.put("constantStdDev", thresholds.constantStdDev());
        values.put("minAgreement", thresholds.minAgreementPercent());
        values.put("maxAgreement", thresholds.maxAgreementPercent());
        values.put("maxHardDisagree", thresholds.maxHardDisagreePercent());
        return values;
    }

    /**
     * The defaults, but for those that are given.
     *
     * @throws IllegalArgumentException when there is no such threshold, or it cannot have this value
     */
    static Thresholds overriding(Map<String, String> given) {
        Map<String, Number> values = values(Thresholds.defaults());
        given.forEach((name, text) -> {
            Number known = values.get(name);
            if (known == null) {
                throw new IllegalArgumentException(
                        "There is no threshold '%s'; there are %s".formatted(name, String.join(", ", values.keySet())));
            }
            values.put(name, known instanceof Integer ? percent(name, text) : decimal(name, text));
        });
        List<Number> ordered = List.copyOf(values.values());
        Thresholds thresholds = new Thresholds(
                ordered.get(0).intValue(),
                ordered.get(1).intValue(),
                ordered.get(2).doubleValue(),
                ordered.get(3).doubleValue(),
                ordered.get(4).doubleValue(),
                ordered.get(5).intValue(),
                ordered.get(6).intValue(),
                ordered.get(7).intValue());
        if (thresholds.minAgreementPercent() >= thresholds.maxAgreementPercent()) {
            throw new IllegalArgumentException(
                    "minAgreement must be below maxAgreement: no ensemble could satisfy both");
        }
        return thresholds;
    }

    private static Number percent(String name, String text) {
        if (!PERCENT.matcher(text).matches() || Integer.parseInt(text) > 100) {
            throw new IllegalArgumentException(
                    "Threshold %s is a whole number of percent, 0 to 100, not '%s'".formatted(name, text));
        }
        return Integer.valueOf(text);
    }

    private static Number decimal(String name, String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "Threshold %s is a decimal from 0 to 1 with at most six places, such as 0.05, not '%s'"
                            .formatted(name, text));
        }
        return Double.valueOf(text);
    }
}
