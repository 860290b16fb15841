package dev.qsc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.nio.file.Path;

/** A documented schema. */
final class Schema {
    private final JsonSchema schema;

    /** @param name of a file in docs/schema, without its ending */
    Schema(String name) {
        Path file = Path.of("../../docs/schema", name + ".schema.json");
        schema = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(
                        SchemaLocation.of(file.toUri().toString()),
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
    }

    void assertHolds(JsonNode document) {
        assertThat(schema.validate(document)).isEmpty();
    }
}
