package dev.qsc.e2e.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests on {@link TestHost}s. Where there can be none they are skipped, with the reason; in continuous integration
 * ({@code CI=true}) they run, and fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("test-host")
@ExtendWith(NeedsTestHost.Condition.class)
public @interface NeedsTestHost {

    /** Asks the machine. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if ("true".equals(System.getenv("CI"))) {
                return ConditionEvaluationResult.enabled("nothing is skipped in continuous integration");
            }
            var check = TestHost.check();
            return check.exitCode() == 0
                    ? ConditionEvaluationResult.enabled("this machine can run test hosts")
                    : ConditionEvaluationResult.disabled(check.stderr().strip());
        }
    }
}
