package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The custom resource definitions of the types: the generator's, and what it has no annotation for. */
final class Crds {
    private static final List<Class<? extends HasMetadata>> TYPES = List.of(CanaryRollout.class, EngineHost.class);

    private static final Map<String, String> CONDITION = Map.of(
            "type", "What it is about; there is one condition of a type.",
            "status", "True, False or Unknown.",
            "reason", "Why, in one word for machines.",
            "message", "Why, in a sentence for people, and what to do.",
            "lastTransitionTime", "When the status last changed.",
            "observedGeneration", "Generation of the spec that it speaks of.");

    private Crds() {}

    /** Writes a file for each type into the folder and returns what it wrote. */
    static List<CustomResourceDefinition> write(Path folder) {
        List<CustomResourceDefinition> definitions = new ArrayList<>();
        new CRDGenerator()
                .customResourceClasses(new ArrayList<>(TYPES))
                .forCRDVersions("v1")
                .withMinQuotes(true)
                .withParallelGenerationEnabled(false)
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata generated, String version) {
                        CustomResourceDefinition definition = (CustomResourceDefinition) generated;
                        finish(definition);
                        definitions.add(definition);
                        return definition;
                    }
                })
                .inOutputDir(folder.toFile())
                .generate();
        return definitions;
    }

    private static void finish(CustomResourceDefinition crd) {
        Class<?> type = TYPES.stream()
                .filter(candidate -> HasMetadata.getKind(candidate)
                        .equals(crd.getSpec().getNames().getKind()))
                .findFirst()
                .orElseThrow();
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription(type.getAnnotation(JsonClassDescription.class).value());
        version.getAdditionalPrinterColumns().sort(byOrderOfDeclaration(type));
        finish(root);
    }

    /** The generator sorts them by path. */
    private static Comparator<CustomResourceColumnDefinition> byOrderOfDeclaration(Class<?> type) {
        List<String> names = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        return Comparator.comparingInt(column -> names.indexOf(column.getName()));
    }

    private static void finish(JSONSchemaProps schema) {
        // A record's component has each rule twice: at its field and at its accessor.
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        nameDefault(schema);
        if (schema.getItems() != null) {
            finish(schema.getItems().getSchema());
        }
        Map<String, JSONSchemaProps> properties = schema.getProperties();
        properties.values().forEach(Crds::finish);
        Optional.ofNullable(properties.get("conditions")).ifPresent(Crds::finishConditions);
        Optional.ofNullable(properties.get("observedGeneration")).ifPresent(property -> property.setFormat("int64"));
        Optional.ofNullable(properties.get("hosts"))
                .filter(hosts -> hosts.getItems() != null
                        && "string".equals(hosts.getItems().getSchema().getType()))
                .ifPresent(hosts -> hosts.setXKubernetesListType("set"));
    }

    /** {@code kubectl explain} shows no defaults but those that the description names. */
    private static void nameDefault(JSONSchemaProps schema) {
        JsonNode standard = schema.getDefault();
        if (standard != null && standard.isValueNode()) {
            schema.setDescription(schema.getDescription() + " Default: " + standard.asText() + ".");
        }
    }

    private static void finishConditions(JSONSchemaProps conditions) {
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        JSONSchemaProps condition = conditions.getItems().getSchema();
        condition.setRequired(List.of("status", "type"));
        condition.getProperties().forEach((name, property) -> property.setDescription(CONDITION.get(name)));
        condition.getProperties().get("lastTransitionTime").setFormat("date-time");
    }
}
