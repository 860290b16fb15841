package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How the agent of a host is reached. The descriptions of the fields are those of the schema. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EngineHostSpec(
        @Required
        @Size(max = 256)
        @ValidationRule(
                value = "self.matches('^https://([A-Za-z0-9.-]+|\\\\[[0-9A-Fa-f:.]+\\\\])(:[0-9]{1,5})?/?$')",
                message = "must be https, a host and an optional port, such as https://engine-1.example.org:9443")
        @JsonPropertyDescription("""
                Where the agent answers: https, host and port, such as https://engine-1.example.org:9443. \
                There is no plain http: agent and operator know each other by certificate.""")
        String address,

        @Size(min = 1, max = 253)
        @ValidationRule(
                value = "self.matches('^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$')",
                message = "must be a DNS name, such as engine-1.example.org")
        @JsonPropertyDescription("""
                The name that the agent's certificate must carry, where it is not the host of the address: an \
                agent that is reached by IP address or through a forwarder. Default: the host of the \
                address.""")
        String serverName) {}
