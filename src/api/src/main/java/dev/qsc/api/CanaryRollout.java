package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One canary: a model, the engine that should run it, and what it has to prove.
 *
 * <p>Nothing here has an initial value. The finalizer is added by server-side apply of a new object, and whatever that
 * object carried would overwrite what the user wrote.
 */
@Group("qsc.dev")
@Version("v1alpha1")
@ShortNames("cro")
@Categories({"all", "qsc"})
@JsonClassDescription("""
        Puts a model into a running engine at a share of its weight, watches it, and takes it out again the moment it \
        misbehaves. Commands are annotations: qsc.dev/promote and qsc.dev/retry carry status.attemptId, \
        qsc.dev/rollback any value not used before, and qsc.dev/paused: true pauses.""")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Weight", jsonPath = ".status.display.weight")
@AdditionalPrinterColumn(name = "Verdict", jsonPath = ".status.display.verdict")
@AdditionalPrinterColumn(name = "Checks", jsonPath = ".status.display.checks")
@AdditionalPrinterColumn(name = "Hosts", jsonPath = ".status.display.hosts")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.display.reason", priority = 1)
@AdditionalPrinterColumn(
        name = "Events",
        jsonPath = ".status.display.events",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Until", jsonPath = ".status.display.until", priority = 1)
public class CanaryRollout extends CustomResource<CanaryRolloutSpec, CanaryRolloutStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    @JsonPropertyDescription("What should happen. Commands are no part of it; they are annotations.")
    public CanaryRolloutSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription("What became of it. Written by the operator only, on change and on a slow heartbeat.")
    public CanaryRolloutStatus getStatus() {
        return super.getStatus();
    }
}
