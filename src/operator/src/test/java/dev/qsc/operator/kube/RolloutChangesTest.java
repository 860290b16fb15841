package dev.qsc.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.api.CanaryRollout;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An update of a rollout")
class RolloutChangesTest {

    private static Stream<Arguments> updates() {
        return Stream.of(
                update("that only writes a status is passed over", false, it -> it.withResourceVersion("2")),
                update("that changes the spec is seen", true, it -> it.withGeneration(2L)),
                update("that commands is seen", true, it -> it.addToAnnotations("qsc.dev/promote", "abc")),
                update("that repeats a command is passed over", false, it -> it.addToAnnotations("qsc.dev/retry", "a")),
                update("that changes a command is seen", true, it -> it.addToAnnotations("qsc.dev/retry", "b")),
                update("that takes a command back is seen", true, it -> it.removeFromAnnotations("qsc.dev/retry")),
                update("of somebody else's annotation is passed over", false, it -> it.addToAnnotations("x.io/y", "z")),
                update("of a label is passed over", false, it -> it.addToLabels("team", "a")),
                update(
                        "that begins its deletion is seen",
                        true,
                        it -> it.withDeletionTimestamp("2026-01-10T12:00:00Z")),
                update("that takes the finalizer away is seen", true, it -> it.removeFromFinalizers("qsc.dev/home")));
    }

    private static Arguments update(String name, boolean seen, UnaryOperator<ObjectMetaBuilder> change) {
        return Arguments.of(name, seen, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("updates")
    void isSeenWhenItIsMeantForTheOperator(String name, boolean seen, UnaryOperator<ObjectMetaBuilder> change) {
        assertThat(new RolloutChanges().accept(rollout(change), rollout(UnaryOperator.identity())))
                .isEqualTo(seen);
    }

    private static CanaryRollout rollout(UnaryOperator<ObjectMetaBuilder> change) {
        var rollout = new CanaryRollout();
        rollout.setMetadata(change.apply(new ObjectMetaBuilder()
                        .withGeneration(1L)
                        .withResourceVersion("1")
                        .withFinalizers("qsc.dev/home")
                        .addToAnnotations("qsc.dev/retry", "a"))
                .build());
        return rollout;
    }
}
