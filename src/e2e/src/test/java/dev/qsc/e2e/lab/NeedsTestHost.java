package dev.qsc.e2e.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests on {@link TestHost}s. Where there can be none they are skipped as {@link Needs} says. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("test-host")
@ExtendWith(NeedsTestHost.Condition.class)
public @interface NeedsTestHost {

    /** Asks the machine. */
    final class Condition extends Needs {

        @Override
        Command check() {
            return TestHost.check();
        }
    }
}
