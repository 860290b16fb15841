package dev.qsc.e2e.lab;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips tests where this machine lacks what they need, with the reason; in continuous integration ({@code CI=true})
 * they run, and fail.
 */
abstract class Needs implements ExecutionCondition {

    /** Returns 0 if it is there; otherwise its standard error says what to do. */
    abstract Command check();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if ("true".equals(System.getenv("CI"))) {
            return ConditionEvaluationResult.enabled("nothing is skipped in continuous integration");
        }
        var check = check();
        return check.exitCode() == 0
                ? ConditionEvaluationResult.enabled("this machine has what is needed")
                : ConditionEvaluationResult.disabled(check.stderr().strip());
    }
}
