package dev.qsc.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsControlPlane
@DisplayName("The control plane")
class ControlPlaneTest {

    private static final String NAMESPACE = "qsc-lab";
    private static final String CRD = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.lab.qsc.dev}
            spec:
              group: lab.qsc.dev
              scope: Namespaced
              names: {kind: Widget, plural: widgets, singular: widget}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        x-kubernetes-validations:
                        - {rule: "self.low <= self.high", message: "low must not be above high"}
                        properties:
                          low: {type: integer}
                          high: {type: integer, default: 10}
                      status:
                        type: object
                        properties:
                          size: {type: integer}
            """;

    @TempDir
    private static Path directory;

    private static ControlPlane controlPlane;

    @BeforeAll
    static void start() {
        controlPlane = ControlPlane.start(directory);
        controlPlane.kubectl("create", "namespace", NAMESPACE).orThrow();
        controlPlane.apply(CRD).orThrow();
        controlPlane
                .kubectl("wait", "--for=condition=Established", "crd/widgets.lab.qsc.dev", "--timeout=10s")
                .orThrow();
    }

    @AfterAll
    static void stop() {
        controlPlane.kubectl("delete", "crd/widgets.lab.qsc.dev", "namespace/" + NAMESPACE, "--wait=false");
        controlPlane.close();
    }

    @Test
    @DisplayName("sets defaults and refuses by CEL, with the rule's sentence")
    void customResources() {
        assertThat(controlPlane.apply(widget("fits", 10)).exitCode()).isZero();
        assertThat(widgetField("fits", "{.spec.high}")).isEqualTo("10");

        var refused = controlPlane.apply(widget("too-low", 11));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains("low must not be above high");
    }

    @Test
    @DisplayName("keeps spec and status apart")
    void statusSubresource() {
        controlPlane.apply(widget("apart", 1)).orThrow();

        patch("apart", "{\"status\": {\"size\": 7}}");
        assertThat(widgetField("apart", "{.status.size}")).isEmpty();

        patch("apart", "{\"spec\": {\"low\": 2}, \"status\": {\"size\": 7}}", "--subresource=status");
        assertThat(widgetField("apart", "{.spec.low} {.status.size}")).isEqualTo("1 7");
    }

    @Test
    @DisplayName("applies on the server and knows whose field is whose")
    void serverSideApply() {
        controlPlane
                .apply(widget("owned", 1), "--server-side", "--field-manager=one")
                .orThrow();
        var other = controlPlane.apply(widget("owned", 2), "--server-side", "--field-manager=two");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.stderr()).contains("conflict with \"one\"", ".spec.low");
    }

    @Test
    @DisplayName("lets a service account do what its role says, and no more")
    void roles() {
        kubectlThere("create", "serviceaccount", "reader").orThrow();
        kubectlThere("create", "role", "reader", "--verb=list", "--resource=widgets.lab.qsc.dev")
                .orThrow();
        kubectlThere("create", "rolebinding", "reader", "--role=reader", "--serviceaccount=" + NAMESPACE + ":reader")
                .orThrow();

        var reader = controlPlane.kubeconfigFor(NAMESPACE, "reader").toString();
        assertThat(kubectlThere("--kubeconfig", reader, "get", "widgets").exitCode())
                .isZero();
        assertThat(kubectlThere("--kubeconfig", reader, "get", "secrets").stderr())
                .contains("Forbidden", "system:serviceaccount:qsc-lab:reader");
    }

    @Test
    @DisplayName("lets one of two writers win a lease")
    void leases() {
        try (var client = controlPlane.client()) {
            var lease = client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(NAMESPACE)
                            .withName("leader")
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity("nobody")
                            .endSpec()
                            .build())
                    .create();
            var first = new LeaseBuilder(lease)
                    .editSpec()
                    .withHolderIdentity("first")
                    .endSpec()
                    .build();
            var second = new LeaseBuilder(lease)
                    .editSpec()
                    .withHolderIdentity("second")
                    .endSpec()
                    .build();

            client.resource(first).update();
            assertThatThrownBy(() -> client.resource(second).update())
                    .hasMessageContaining("the object has been modified");
        }
    }

    private static String widget(String name, int low) {
        return """
                apiVersion: lab.qsc.dev/v1
                kind: Widget
                metadata: {namespace: %s, name: %s}
                spec: {low: %d}
                """.formatted(NAMESPACE, name, low);
    }

    private static void patch(String widget, String patch, String... options) {
        var arguments = Stream.concat(
                Stream.of("patch", "widget", widget, "--type=merge", "--patch", patch), Stream.of(options));
        kubectlThere(arguments.toArray(String[]::new)).orThrow();
    }

    private static String widgetField(String widget, String path) {
        return kubectlThere("get", "widget", widget, "--output", "jsonpath=" + path)
                .orThrow()
                .stdout();
    }

    private static Command kubectlThere(String... arguments) {
        var there = Stream.concat(Stream.of("--namespace", NAMESPACE), Stream.of(arguments));
        return controlPlane.kubectl(there.toArray(String[]::new));
    }
}
