package dev.qsc.e2e.lab;

import java.nio.file.Path;
import java.util.List;

/** Certificates for operator and agents, and some that must be refused, by {@code tools/test-host/certificates}. */
public final class Pki {

    private static final Path SCRIPT = Repository.file("tools/test-host/certificates");

    private final Path directory;

    private Pki(Path directory) {
        this.directory = directory;
    }

    /**
     * A certificate with its key, as PEM files.
     *
     * @param certificate the certificate, without its authority
     * @param key its PKCS#8 key
     */
    public record Identity(Path certificate, Path key) {}

    /** Issues all but the agents' certificates, or finds them where an earlier call left them. */
    public static Pki in(Path directory) {
        Command.run(List.of(SCRIPT.toString(), directory.toString())).orThrow();
        return new Pki(directory);
    }

    /** The authority that operator and agents trust. */
    public Path authority() {
        return directory.resolve("ca.crt");
    }

    /** The operator, {@code spiffe://qsc.dev/operator}. */
    public Identity operator() {
        return identity("operator");
    }

    /** A client of the same authority that is not the operator, and says so. */
    public Identity outsider() {
        return identity("outsider");
    }

    /** A client that claims to be the operator, by an authority that nobody trusts. */
    public Identity stranger() {
        return identity("stranger");
    }

    /** The agent on a host, by the host's name and address. */
    public Identity agent(TestHost host) {
        return agent(host.name(), host.address());
    }

    /** An agent that listens on an address, by that and its name. */
    public Identity agent(String name, String address) {
        Command.run(List.of(SCRIPT.toString(), directory.toString(), name + "=" + address))
                .orThrow();
        return identity(name);
    }

    private Identity identity(String name) {
        return new Identity(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
    }
}
