package dev.qsc.operator.kube;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of one kind by server-side apply of a fresh object, so that nothing but the status is ever ours.
 *
 * <p>The framework hides the events of our own writes, and with them those of an edit that came shortly before: hence
 * {@link Outcome#MOVED}. It also shows the next reconcile what was written here, however far its watch lags behind.
 *
 * @param <R> the kind
 * @param <S> its status
 */
public final class StatusWriter<R extends CustomResource<?, S>, S> {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

    /** What became of a write. */
    public enum Outcome {
        /** The object had this status already; nothing was sent. */
        UNCHANGED,
        /** Written on the very spec that was seen. */
        WRITTEN,
        /** Written, but the spec is another one by now, and its event may never come: reconcile again at once. */
        MOVED,
        /** Nothing was written, since the object changed after it was seen: reconcile again at once. */
        CONFLICT,
        /** Nothing was written, as far as we know: the object is gone, or the API server did not take it. */
        FAILED;

        /** Whether the API server holds the status that was to be written. */
        public boolean stands() {
            return this == UNCHANGED || this == WRITTEN || this == MOVED;
        }

        /** Whether the object is not the one that was seen. */
        public boolean isOutdated() {
            return this == MOVED || this == CONFLICT;
        }
    }

    private final Supplier<R> fresh;

    /** @param fresh makes an empty object of the kind */
    public StatusWriter(Supplier<R> fresh) {
        this.fresh = fresh;
    }

    /** Writes whatever the object has become since it was seen: for what has happened already. */
    public Outcome write(Context<R> context, R seen, S status) {
        return apply(context, seen, status, null);
    }

    /** Writes only if the object is still as it was seen: for an intent that is about to be carried out. */
    public Outcome writeLocked(Context<R> context, R seen, S status) {
        return apply(context, seen, status, seen.getMetadata().getResourceVersion());
    }

    private Outcome apply(Context<R> context, R seen, S status, String resourceVersion) {
        KubernetesSerialization json = context.getClient().getKubernetesSerialization();
        if (saysTheSame(json, seen.getStatus(), status)) {
            return Outcome.UNCHANGED;
        }
        R patch = fresh.get();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(seen.getMetadata().getName())
                .withNamespace(seen.getMetadata().getNamespace())
                .withUid(seen.getMetadata().getUid())
                .withResourceVersion(resourceVersion)
                .build());
        patch.setStatus(status);
        try {
            R written = context.resourceOperations().serverSideApplyPrimaryStatus(patch);
            return Objects.equals(
                            written.getMetadata().getGeneration(),
                            seen.getMetadata().getGeneration())
                    ? Outcome.WRITTEN
                    : Outcome.MOVED;
        } catch (KubernetesClientException e) {
            return failed(seen, e);
        }
    }

    /** As JSON, in which what is empty is absent. */
    private boolean saysTheSame(KubernetesSerialization json, S before, S after) {
        return before != null && json.convertValue(before, Map.class).equals(json.convertValue(after, Map.class));
    }

    private Outcome failed(R seen, KubernetesClientException failure) {
        if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
            return Outcome.CONFLICT;
        }
        LOG.atWarn()
                .addKeyValue("kind", seen.getKind())
                .addKeyValue("namespace", seen.getMetadata().getNamespace())
                .addKeyValue("name", seen.getMetadata().getName())
                .log("the status could not be written: {}", failure.getMessage());
        return Outcome.FAILED;
    }
}
