/**
 * {@code qsc}: the judge on the command line, without a cluster.
 *
 * <p>{@link dev.qsc.cli.Qsc} is the program, and each {@code *Command} one of its commands: options in, a report out.
 * The reports know how to write themselves as text, Markdown or JSON. Nothing here judges; {@code dev.qsc.quality}
 * does.
 */
package dev.qsc.cli;
