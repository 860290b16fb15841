package dev.qsc.e2e.crd;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Values with every field set, also those that are added to a type later. */
final class Samples {

    private static final Instant TIME = Instant.parse("2026-01-10T05:43:15.123Z");

    private Samples() {}

    static <R extends Record> R of(Class<R> type) {
        return type.cast(record(type));
    }

    private static Object record(Class<?> type) {
        var components = type.getRecordComponents();
        var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var values = Arrays.stream(components).map(Samples::component).toArray();
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot make a " + type.getName(), e);
        }
    }

    /** With what the schema asks of a value beyond its type. */
    private static Object component(RecordComponent component) {
        return switch (component.getName()) {
            case "minStdDev", "minRange", "constantStdDev" -> "0.05";
            case "minAgreement" -> 41;
            default -> value(component.getGenericType());
        };
    }

    private static Object value(Type type) {
        return switch (type) {
            case ParameterizedType list
            when list.getRawType() == List.class -> List.of(value(list.getActualTypeArguments()[0]));
            case ParameterizedType map
            when map.getRawType() == Map.class -> Map.of("key", value(map.getActualTypeArguments()[1]));
            case Class<?> simple -> simple(simple);
            default -> throw new IllegalArgumentException("no sample of " + type);
        };
    }

    private static Object simple(Class<?> type) {
        if (type.isRecord()) {
            return record(type);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return switch (type.getSimpleName()) {
            case "String" -> "text";
            case "Long" -> Long.MAX_VALUE;
            case "Integer" -> 42;
            case "Instant" -> TIME;
            case "Condition" -> condition();
            default -> throw new IllegalArgumentException("no sample of " + type);
        };
    }

    private static Condition condition() {
        return new ConditionBuilder()
                .withType("Ready")
                .withStatus("True")
                .withReason("Sample")
                .withMessage("a sample")
                .withLastTransitionTime(TIME.toString())
                .withObservedGeneration(1L)
                .build();
    }
}
