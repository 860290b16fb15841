package dev.qsc.operator;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.EngineHost;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be there before anything is watched. Without it the process ends with one sentence, and the process manager
 * tries again.
 */
@Singleton
class Prerequisites {
    private static final Logger LOG = LoggerFactory.getLogger(Prerequisites.class);
    private static final List<Class<? extends HasMetadata>> KINDS = List.of(CanaryRollout.class, EngineHost.class);
    private static final int EXIT_CODE = 1;

    private final KubernetesClient kubernetes;

    Prerequisites(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    void check(@Observes @Priority(1) StartupEvent event) {
        try {
            List<String> missing = missingKinds();
            if (!missing.isEmpty()) {
                end("the API server at %s does not know %s: apply the CRDs first (kubectl apply -f crds/)"
                        .formatted(kubernetes.getMasterUrl(), String.join(" and ", missing)));
            }
        } catch (KubernetesClientException e) {
            end("the API server at %s cannot be asked: %s".formatted(kubernetes.getMasterUrl(), e.getMessage()));
        }
    }

    private List<String> missingKinds() {
        Set<String> served = KINDS.stream()
                .map(HasMetadata::getApiVersion)
                .distinct()
                .map(kubernetes::getApiResources)
                .flatMap(list -> list == null ? Stream.empty() : resources(list))
                .collect(Collectors.toSet());
        return KINDS.stream()
                .filter(kind -> !served.contains(HasMetadata.getKind(kind)))
                .map(HasMetadata::getFullResourceName)
                .toList();
    }

    private static Stream<String> resources(APIResourceList list) {
        return list.getResources().stream().map(APIResource::getKind);
    }

    /** The application's own way out would wait for the start that is under way. */
    private static void end(String sentence) {
        LOG.error(sentence);
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
