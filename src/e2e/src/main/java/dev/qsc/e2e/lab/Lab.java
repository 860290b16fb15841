package dev.qsc.e2e.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * All of QSC Operator on one machine, every part real: a cluster, the operator as a process with the rights it ships
 * with, and sites whose engines it canaries. It ends with this process, however that ends. Needs Linux and root.
 */
public final class Lab implements AutoCloseable {

    /** The name of the site that every lab has. */
    public static final String FIRST_SITE = "engine-1";

    private final Path directory;
    private final Progress progress;
    private final double eventsPerSecond;
    private final Thread closeAtExit = new Thread(this::closeParts);
    private final List<Site> sites = new ArrayList<>();
    private Cluster cluster;
    private OperatorProcess operator;

    private Lab(Path directory, double eventsPerSecond, Progress progress) {
        this.directory = directory;
        this.eventsPerSecond = eventsPerSecond;
        this.progress = progress;
    }

    /** Hears of each part that is up. */
    @FunctionalInterface
    public interface Progress {

        /** A part is up, so long after its start. */
        void isUp(String part, Duration took);
    }

    /**
     * Starts a lab with one site, and returns when the operator leads.
     *
     * @param directory where state and logs go; made if missing, stays after {@link #close}
     * @param eventsPerSecond of each engine
     */
    public static Lab start(Path directory, double eventsPerSecond, Progress progress) {
        var lab = new Lab(directory, eventsPerSecond, progress);
        Runtime.getRuntime().addShutdownHook(lab.closeAtExit);
        try {
            lab.startParts();
            return lab;
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private void startParts() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var startingCluster = CompletableFuture.runAsync(this::startCluster, threads);
            var startingSite = CompletableFuture.supplyAsync(() -> startSite(FIRST_SITE), threads);
            startingCluster.join();
            startingSite.join().register(cluster);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        startOperator();
    }

    private void startCluster() {
        cluster = timed("Kubernetes API server, CRDs, roles", () -> Cluster.start(directory, pki()));
    }

    private Site startSite(String name) {
        var site = timed(
                "host " + name + ": systemd, Redis, engine, agent",
                () -> Site.start(directory, name, pki(), eventsPerSecond));
        synchronized (sites) {
            sites.add(site);
        }
        return site;
    }

    /** The certificates of operator and agents, and some that must be refused. */
    public synchronized Pki pki() {
        return Pki.in(directory.resolve("pki"));
    }

    private <T> T timed(String part, Supplier<T> start) {
        long begin = System.nanoTime();
        var started = start.get();
        progress.isUp(part, Duration.ofNanos(System.nanoTime() - begin));
        return started;
    }

    /** Adds a site, known to the cluster under its name. */
    public Site addSite(String name) {
        var site = startSite(name);
        site.register(cluster);
        return site;
    }

    /** The site that was there first. */
    public Site site() {
        synchronized (sites) {
            return sites.getFirst();
        }
    }

    /** The cluster. */
    public Cluster cluster() {
        return cluster;
    }

    /** The operator, the last one that was started. */
    public OperatorProcess operator() {
        return operator;
    }

    /** Starts the operator, again after it was killed, and returns when it leads. */
    public void startOperator() {
        startOperator(pki().operator());
    }

    /** Starts the operator in place of one that ended, known to agents by any certificate. */
    public void startOperator(Pki.Identity identity) {
        timed("operator", () -> {
            operator = cluster.startOperator(identity);
            return operator.awaitReady().awaitLeading();
        });
    }

    /** Ends all of it and returns when it is gone. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        } catch (IllegalStateException e) {
            return; // this process is ending, and the hook does it
        }
        closeParts();
    }

    private synchronized void closeParts() {
        if (operator != null) {
            operator.close();
        }
        synchronized (sites) {
            sites.forEach(Site::close);
            sites.clear();
        }
        if (cluster != null) {
            cluster.close();
        }
    }
}
