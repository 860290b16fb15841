package dev.qsc.cli;

import dev.qsc.agent.api.Answer;
import java.util.Optional;

/** What agents answered. */
final class Answers {
    private Answers() {}

    /**
     * What an agent answered with.
     *
     * @throws NoAnswerException when it did not, or refused
     */
    static <T> T value(Answer<T> answer) {
        if (answer instanceof Answer.Done<T>(T value)) {
            return value;
        }
        throw new NoAnswerException(
                "The agent does not answer: " + failure(answer).orElseThrow());
    }

    /** Why there is no value, a sentence; empty when there is one. */
    static Optional<String> failure(Answer<?> answer) {
        return switch (answer) {
            case Answer.Done<?> _ -> Optional.empty();
            case Answer.Refused<?>(var problem) -> Optional.of(problem.detail());
            case Answer.NotTrusted<?>(String reason) -> Optional.of(reason);
            case Answer.Unreachable<?>(String reason) -> Optional.of(reason);
            case Answer.Ambiguous<?>(String reason) -> Optional.of(reason);
        };
    }
}
