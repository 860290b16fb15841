package dev.qsc.operator.core;

/**
 * Something to tell people as a Kubernetes Event.
 *
 * @param message a sentence
 * @param warning whether somebody may have to act
 */
public record Notice(Reason reason, String message, boolean warning) {}
