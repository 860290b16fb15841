package dev.qsc.e2e.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests on a {@link ControlPlane}. Where there can be none they are skipped as {@link Needs} says. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsControlPlane.Condition.class)
public @interface NeedsControlPlane {

    /** Asks the machine. */
    final class Condition extends Needs {

        @Override
        Command check() {
            return ControlPlane.check();
        }
    }
}
