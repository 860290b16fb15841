package dev.qsc.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The arrows that Maven's modules cannot hold: who may know whom within one class path. */
@DisplayName("Arrows go one way:")
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.qsc");

    @Test
    @DisplayName("the judge knows Java and a JSON tokenizer, and nothing else")
    void quality() {
        classes()
                .that()
                .resideInAPackage("dev.qsc.quality..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.qsc.quality..", "java..", "com.fasterxml.jackson.core..")
                .check(CLASSES);
    }

    @Test
    @DisplayName("the API types and the agent's API know nobody of ours")
    void leaves() {
        onlyKnows("dev.qsc.api..");
        onlyKnows("dev.qsc.agent.api..");
    }

    @Test
    @DisplayName("telemetry knows the judge, and nobody else of ours")
    void telemetry() {
        onlyKnows("dev.qsc.telemetry..", "dev.qsc.quality..");
    }

    @Test
    @DisplayName("the decision core knows no adapter, no framework, no client and no clock")
    void core() {
        classes()
                .that()
                .resideInAPackage("dev.qsc.operator.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.qsc.operator.core..",
                        "dev.qsc.api..",
                        "dev.qsc.quality..",
                        "dev.qsc.agent.api..",
                        "java..",
                        "com.fasterxml.jackson..",
                        "io.fabric8.kubernetes.api.model..",
                        "io.fabric8.kubernetes.client")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("dev.qsc.operator.core..", "dev.qsc.quality..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Files.class, File.class, HttpClient.class, Thread.class)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("dev.qsc.operator.core..", "dev.qsc.quality..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(CLASSES);
    }

    private static void onlyKnows(String module, String... allowed) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.qsc..")
                        .and(not(resideInAPackage(module)))
                        .and(not(resideInAnyPackage(allowed))))
                .check(CLASSES);
    }
}
