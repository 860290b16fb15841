package dev.qsc.e2e.system;

import dev.qsc.e2e.lab.Lab;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.NeedsTestHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Whole-system tests: they share one {@link Lab}, which is a parameter of any of their methods. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("system")
@NeedsControlPlane
@NeedsTestHost
@ExtendWith(InLab.Resolver.class)
@interface InLab {

    /** Starts the lab for whoever asks first; it ends with the last test. */
    final class Resolver implements ParameterResolver {

        private static final double EVENTS_PER_SECOND = 100;

        private record Shared(Lab lab) implements AutoCloseable {
            @Override
            public void close() {
                lab.close();
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Lab.class;
        }

        @Override
        public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(Lab.class))
                    .computeIfAbsent(Shared.class, key -> new Shared(start()), Shared.class)
                    .lab();
        }

        private static Lab start() {
            try {
                var directory = Files.createDirectories(Path.of("target"));
                return Lab.start(
                        Files.createTempDirectory(directory.toAbsolutePath(), "lab-"),
                        EVENTS_PER_SECOND,
                        (part, took) -> {});
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make a folder for the lab: " + e.getMessage(), e);
            }
        }
    }
}
