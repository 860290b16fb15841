package dev.qsc.operator.kube;

import dev.qsc.api.CanaryRollout;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which updates of a rollout are for the operator to see: its spec, its deletion, its finalizers, and commands by
 * annotation. The framework's own filter by generation would hide the annotations.
 */
public class RolloutChanges implements OnUpdateFilter<CanaryRollout> {
    private static final String ANNOTATIONS = "qsc.dev/";

    @Override
    public boolean accept(CanaryRollout after, CanaryRollout before) {
        return !Watched.of(after.getMetadata()).equals(Watched.of(before.getMetadata()));
    }

    private record Watched(Long generation, String deletion, List<String> finalizers, Map<String, String> annotations) {

        static Watched of(ObjectMeta metadata) {
            Map<String, String> annotations = new TreeMap<>(metadata.getAnnotations());
            annotations.keySet().removeIf(name -> !name.startsWith(ANNOTATIONS));
            return new Watched(
                    metadata.getGeneration(), metadata.getDeletionTimestamp(), metadata.getFinalizers(), annotations);
        }
    }
}
