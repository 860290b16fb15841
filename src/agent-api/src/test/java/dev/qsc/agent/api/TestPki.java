package dev.qsc.agent.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Certificate authorities and what they sign, as PEM files made by openssl. */
public final class TestPki {
    private final Path directory;
    private final Path ca;
    private final Path caKey;

    /** An authority of that name, with its files in the directory. */
    public TestPki(Path directory, String name) {
        this.directory = directory;
        this.ca = directory.resolve(name + ".crt");
        this.caKey = directory.resolve(name + ".key");
        openssl(List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                caKey.toString(),
                "-out",
                ca.toString()));
    }

    /** The authority's certificate. */
    public Path ca() {
        return ca;
    }

    /** The certificate that {@link #issue} wrote. */
    public Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    /** The key that {@link #issue} wrote. */
    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** Credentials of that file name with those subject alternative names, which trust this authority. */
    public Credentials issue(String name, String alternatives) {
        return issue(name, alternatives, ca);
    }

    /** The same, which trust another authority. */
    public Credentials issue(String name, String alternatives, Path trusted) {
        openssl(List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=" + alternatives,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-CA",
                ca.toString(),
                "-CAkey",
                caKey.toString(),
                "-keyout",
                key(name).toString(),
                "-out",
                certificate(name).toString()));
        return Credentials.read(certificate(name), key(name), trusted);
    }

    private static void openssl(List<String> arguments) {
        try {
            Path log = Files.createTempFile("openssl", ".log");
            Process process = new ProcessBuilder(Stream.concat(Stream.of("openssl"), arguments.stream())
                            .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("openssl " + arguments + ": " + Files.readString(log));
            }
            Files.delete(log);
        } catch (IOException e) {
            throw new IllegalStateException("openssl is needed to make certificates", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
