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

/** A Linux host that runs engines, and where its agent answers. */
@Group("qsc.dev")
@Version("v1alpha1")
@ShortNames("eh")
@Categories("qsc")
@JsonClassDescription("A Linux host that runs engines as systemd services. Its agent switches them between weights.")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Agent", jsonPath = ".status.agentVersion")
@AdditionalPrinterColumn(name = "Systemd", jsonPath = ".status.systemdVersion")
@AdditionalPrinterColumn(name = "Units", jsonPath = ".status.units", priority = 1)
@AdditionalPrinterColumn(name = "Seen", jsonPath = ".status.lastSeen", type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class EngineHost extends CustomResource<EngineHostSpec, EngineHostStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    @Required
    @JsonPropertyDescription("How the agent of the host is reached.")
    public EngineHostSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription(
            "What the agent last said; it stays while the host cannot be seen. Written by the operator only.")
    public EngineHostStatus getStatus() {
        return super.getStatus();
    }
}
