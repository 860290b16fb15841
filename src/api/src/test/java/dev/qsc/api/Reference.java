package dev.qsc.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference of all fields, in Markdown: a table for each object. */
final class Reference {
    private static final String HEAD = """
            # Reference

            Every field of the custom resources, as `kubectl explain` shows them too. Written from the Java types by
            `make crds`: edit those. Durations are numbers with the units h, m, s or ms, such as `30s` or `1h30m`.
            """;

    private final StringBuilder text = new StringBuilder(HEAD);

    private Reference() {}

    static String of(List<CustomResourceDefinition> definitions) {
        Reference reference = new Reference();
        definitions.forEach(reference::add);
        return reference.text.toString();
    }

    private void add(CustomResourceDefinition definition) {
        var version = definition.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        text.append("\n## %s\n\n`apiVersion: %s/%s`, namespaced. %s\n"
                .formatted(
                        definition.getSpec().getNames().getKind(),
                        definition.getSpec().getGroup(),
                        version.getName(),
                        root.getDescription()));
        root.getProperties().forEach(this::addObject);
    }

    private void addObject(String path, JSONSchemaProps schema) {
        if (schema.getItems() != null) {
            addObject(path + "[]", schema.getItems().getSchema());
        }
        Map<String, JSONSchemaProps> fields = schema.getProperties();
        if (fields.isEmpty()) {
            return;
        }
        text.append("\n### %s\n\n".formatted(path));
        text.append("| field | type | meaning |\n|---|---|---|\n");
        fields.forEach((name, field) -> text.append(
                "| `%s` | %s%s | %s |\n".formatted(name, type(field), required(schema, name), field.getDescription())));
        fields.forEach((name, field) -> addObject(path + "." + name, field));
    }

    private static String type(JSONSchemaProps field) {
        if (!field.getEnum().isEmpty()) {
            return field.getEnum().stream().map(JsonNode::asText).collect(Collectors.joining(", "));
        }
        if (field.getItems() != null) {
            return "list of " + type(field.getItems().getSchema());
        }
        if (field.getAdditionalProperties() != null) {
            return "map of string to " + type(field.getAdditionalProperties().getSchema());
        }
        return (field.getFormat() != null ? field.getFormat() : field.getType()) + bounds(field);
    }

    private static String bounds(JSONSchemaProps field) {
        return field.getMinimum() == null
                ? ""
                : " from %d to %d"
                        .formatted(
                                field.getMinimum().longValue(),
                                field.getMaximum().longValue());
    }

    private static String required(JSONSchemaProps object, String name) {
        return object.getRequired().contains(name) ? ", required" : "";
    }
}
