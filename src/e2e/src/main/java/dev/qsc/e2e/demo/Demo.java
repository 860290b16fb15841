package dev.qsc.e2e.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.e2e.demo.Terminal.Style;
import dev.qsc.e2e.lab.Cluster;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.Lab;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Two canaries on real parts, told while it happens: one collapses and is rolled back, the other one stays healthy and
 * is promoted. {@code make demo} runs it; {@code KEEP=1} leaves all running at the end.
 */
public final class Demo {

    private static final double EVENTS_PER_SECOND = 60;

    private Demo() {}

    /**
     * Tells the story.
     *
     * @param arguments a folder for state and logs; with {@code KEEP=1} a file {@code told} in it says that all went
     *     well
     */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        var directory = Path.of(arguments[0]);
        var terminal = new Terminal(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8),
                "1".equals(System.getenv("QSC_COLOURS")));
        var isEnding = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> isEnding.set(true)));
        terminal.heading("Starting all parts");
        try (var lab = Lab.start(directory, EVENTS_PER_SECOND, (part, took) -> {
            terminal.happens(Style.PLAIN, "is up", part);
            terminal.done(part, took);
        })) {
            new Story(lab, terminal, directory).tell();
            terminal.table();
            if ("1".equals(System.getenv("KEEP"))) {
                explain(lab, terminal, directory);
                Files.createFile(directory.resolve("told"));
                Thread.currentThread().join();
            }
        } catch (RuntimeException | AssertionError e) {
            if (!isEnding.get()) {
                System.err.printf("%nThe demo failed: %s%n", e.getMessage());
            }
            System.exit(1);
        }
    }

    private static void explain(Lab lab, Terminal terminal, Path directory) {
        long pid = ProcessHandle.current().pid();
        terminal.heading("All of it runs on. To look at it:");
        terminal.print("""
                  export KUBECONFIG=%s PATH=%s:$PATH
                  kubectl get canaryrollouts,enginehosts --all-namespaces
                  kubectl describe canaryrollout --namespace %s
                  tools/test-host/test-host exec %s -- systemctl status quantum-ai_engine.service

                To end it:

                  kill %d && tail --pid=%d --follow /dev/null && rm -r %s
                """.formatted(
                        lab.cluster().controlPlane().kubeconfig(),
                        ControlPlane.kubectlBinary().getParent(),
                        Cluster.NAMESPACE,
                        lab.site().host().name(),
                        pid,
                        pid,
                        directory));
    }
}
