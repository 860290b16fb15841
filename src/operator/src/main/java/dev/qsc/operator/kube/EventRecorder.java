package dev.qsc.operator.kube;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened, as Events of the object it happened to. The same sentence again raises the count of its
 * Event instead of adding one. Events are a courtesy: nothing waits for them, and nothing fails with them.
 */
@Singleton
public class EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String COMPONENT = "qsc-operator";
    private static final int REMEMBERED = 1_000;
    private static final int LONGEST_MESSAGE = 1_024;
    private static final int LONGEST_NAME = 200;
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(COMPONENT)
            .withForce(true)
            .build();

    private final KubernetesClient kubernetes;
    private final Clock clock;
    private final Map<Sentence, Said> said = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sentence, Said> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Sentence(String uid, String reason, String message) {}

    private record Said(String event, Instant first, int count) {
        Said again() {
            return new Said(event, first, count + 1);
        }
    }

    EventRecorder(KubernetesClient kubernetes, Clock clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
    }

    /**
     * Records an Event, in the background.
     *
     * @param about a namespaced object
     * @param reason one word of the documented reasons
     * @param warning whether somebody may have to act
     */
    public void record(HasMetadata about, String reason, String message, boolean warning) {
        Event event = event(about, reason, shortened(message, LONGEST_MESSAGE), warning);
        Thread.startVirtualThread(() -> {
            try {
                kubernetes.resource(event).patch(APPLY);
            } catch (KubernetesClientException | IllegalStateException e) {
                // The latter when the operator ends and its client is closed.
                LOG.atWarn().addKeyValue("reason", reason).log("an Event could not be recorded: {}", e.getMessage());
            }
        });
    }

    private Event event(HasMetadata about, String reason, String message, boolean warning) {
        ObjectMeta metadata = about.getMetadata();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Said saying = say(new Sentence(metadata.getUid(), reason, message), metadata.getName(), now);
        return new EventBuilder()
                .withNewMetadata()
                .withName(saying.event())
                .withNamespace(metadata.getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .endInvolvedObject()
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(saying.first().toString())
                .withLastTimestamp(now.toString())
                .withCount(saying.count())
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .build();
    }

    private synchronized Said say(Sentence sentence, String name, Instant now) {
        Said first = new Said(shortened(name, LONGEST_NAME) + "." + UUID.randomUUID(), now, 1);
        return said.merge(sentence, first, (before, ignored) -> before.again());
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }
}
