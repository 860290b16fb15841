package dev.qsc.e2e.lab;

import static java.util.stream.Collectors.toMap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host as engines run on: Debian with systemd as pid 1, on a network of its own, by {@code tools/test-host}. It ends
 * with this process, however that ends. Needs Linux and root.
 */
public final class TestHost implements AutoCloseable {

    /** What a host runs. */
    public enum Release {
        /** Debian 12, systemd 252. */
        BOOKWORM,
        /** Debian 13, systemd 257. */
        TRIXIE;

        private String debian() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Path SCRIPT = Repository.file("tools/test-host/test-host");
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final String name;
    private final String address;
    private final String outsideAddress;
    private final String network;

    private TestHost(String name, String address, String outsideAddress, String network) {
        this.name = name;
        this.address = address;
        this.outsideAddress = outsideAddress;
        this.network = network;
    }

    /**
     * Whether this machine can run hosts.
     *
     * @return returns 0 if it can; otherwise its standard error says what to do
     */
    public static Command check() {
        return script("check");
    }

    /**
     * Boots a host and returns when its systemd is up. The first one on a machine takes a minute longer.
     *
     * @param role the beginning of its name, which this process makes unique: up to 16 lower-case letters, digits,
     *     dashes
     */
    public static TestHost start(String role) {
        return start(role, Release.BOOKWORM);
    }

    /** The same with the systemd of another release of Debian. */
    public static TestHost start(String role, Release release) {
        var name = "%s-%d-%d".formatted(role, ProcessHandle.current().pid(), STARTED.incrementAndGet());
        var owner = Long.toString(ProcessHandle.current().pid());
        var state = Command.runAloud(
                        List.of(SCRIPT.toString(), "start", name, "--owner", owner, "--release", release.debian()))
                .orThrow()
                .stdout()
                .lines()
                .map(line -> line.split("=", 2))
                .collect(toMap(line -> line[0], line -> line[1]));
        return new TestHost(name, state.get("address"), state.get("outside"), state.get("netns"));
    }

    /** Its host name. */
    public String name() {
        return name;
    }

    /** Its address, which this machine and no other reaches. */
    public String address() {
        return address;
    }

    /** The address of this machine for that host: what the host is to use has to listen there. */
    public String outsideAddress() {
        return outsideAddress;
    }

    /** What a program of this machine is to be run with to be on the host's network: its loopback is the host's. */
    public List<String> onItsNetwork() {
        return List.of("ip", "netns", "exec", network);
    }

    /** Runs a program in the host, as root, in an environment without surprises. */
    public Command exec(String... line) {
        return Command.run(execLine(line));
    }

    /** Runs a script of {@code sh} in the host, as root, which ends with the first command that fails. */
    public Command shell(String script) {
        return Command.run(execLine("sh", "-e"), script);
    }

    private List<String> execLine(String... line) {
        var all = new ArrayList<>(List.of(SCRIPT.toString(), "exec", name, "--"));
        all.addAll(List.of(line));
        return all;
    }

    /**
     * Copies a file or directory of this machine into the host; root owns it there.
     *
     * @param target the absolute path it gets; folders above it are made
     */
    public void copy(Path source, String target) {
        script("copy", name, source.toString(), target).orThrow();
    }

    /** Replaces a file in the host, at once: nobody there sees half of it. Folders above it are made. */
    public void write(String file, String text) {
        var script = "mkdir -p \"$(dirname \"$1\")\" && cat >\"$1.new\" && mv \"$1.new\" \"$1\"";
        Command.run(execLine("sh", "-c", script, "sh", file), text).orThrow();
    }

    /** Installs a Debian package, whose dependencies have to be there already. */
    public void installDeb(Path deb) {
        var there = "/var/tmp/" + deb.getFileName();
        copy(deb, there);
        exec("dpkg", "--install", there).orThrow();
    }

    /** What a unit has written to the journal, since the host was made. */
    public String journal(String unit) {
        return exec("journalctl", "--no-pager", "--output=cat", "--unit", unit)
                .orThrow()
                .stdout();
    }

    /** A power cut: everything in it dies at once. What is on disk stays, {@code /run} and {@code /tmp} do not. */
    public void powerCut() {
        script("kill", name).orThrow();
    }

    /** Switches it on after a power cut and returns when its systemd is up. */
    public void boot() {
        script("boot", name).orThrow();
    }

    /** From now on every packet from and to it is lost, without any error. */
    public void partition() {
        script("partition", name).orThrow();
    }

    /** Ends a partition. */
    public void heal() {
        script("heal", name).orThrow();
    }

    /** Removes it, its disk included, and returns when it is gone. */
    @Override
    public void close() {
        script("stop", name).orThrow();
    }

    private static Command script(String... arguments) {
        var line = new ArrayList<>(List.of(SCRIPT.toString()));
        line.addAll(List.of(arguments));
        return Command.run(line);
    }
}
