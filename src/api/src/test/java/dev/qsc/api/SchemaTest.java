package dev.qsc.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The schema of")
class SchemaTest {
    @TempDir
    static Path folder;

    static List<CustomResourceDefinition> definitions() {
        return Crds.write(folder);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    @DisplayName("every field says what it means, in sentences")
    void isDescribed(Field field) {
        assertThat(field.schema().getDescription()).isNotBlank().endsWith(".").doesNotContain("\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lists")
    @DisplayName("every list and map of a spec is bounded, so that the API server can bound the cost of its rules")
    void isBounded(Field list) {
        assertThat(Stream.of(list.schema().getMaxItems(), list.schema().getMaxProperties()))
                .anyMatch(bound -> bound != null && bound <= 64);
    }

    /** A field by its path, which is what a test is named by. */
    record Field(String path, JSONSchemaProps schema) {
        @Override
        public String toString() {
            return path;
        }

        Stream<Field> below() {
            Stream<Field> inner = schema.getItems() == null
                    ? Stream.empty()
                    : new Field(path + "[]", schema.getItems().getSchema()).below();
            Stream<Field> own = schema.getProperties().entrySet().stream()
                    .map(entry -> new Field(path + "." + entry.getKey(), entry.getValue()));
            return Stream.concat(inner, own.flatMap(field -> Stream.concat(Stream.of(field), field.below())));
        }
    }

    static Stream<Field> fields() {
        return definitions().stream()
                .map(definition -> new Field(
                        definition.getSpec().getNames().getKind(),
                        definition
                                .getSpec()
                                .getVersions()
                                .getFirst()
                                .getSchema()
                                .getOpenAPIV3Schema()))
                .flatMap(root -> Stream.concat(Stream.of(root), root.below()));
    }

    static Stream<Field> lists() {
        return fields().filter(field -> field.path().contains(".spec."))
                .filter(field ->
                        field.schema().getItems() != null || field.schema().getAdditionalProperties() != null);
    }
}
