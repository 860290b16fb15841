package dev.qsc.host.agent;

import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * Who the agent is and whom it trusts: three PEM files, looked at for each connection and read again when one has
 * changed. Files that do not fit each other, as in the middle of a rotation, leave the agent who it was.
 */
final class Identity {
    private final List<Path> files;
    private List<String> seen;
    private Credentials own;
    private SSLContext context;

    /**
     * The identity in those files.
     *
     * @throws InvalidTlsException when they cannot be used
     */
    Identity(Path certificate, Path key, Path authorities) {
        this.files = List.of(certificate, key, authorities);
        this.seen = look();
        read();
    }

    /** For the next connection. */
    synchronized SSLContext context() {
        refresh();
        return context;
    }

    /** When the certificate ends. */
    synchronized Instant notAfter() {
        refresh();
        return own.notAfter();
    }

    private void refresh() {
        List<String> now = look();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            read();
            Log.info("certificate_changed", "certificate_until", own.notAfter());
        } catch (InvalidTlsException e) {
            Log.warning("certificate_kept", "detail", e.getMessage(), "certificate_until", own.notAfter());
        }
    }

    private void read() {
        Credentials fresh = Credentials.read(files.get(0), files.get(1), files.get(2));
        context = TlsContext.server(fresh);
        own = fresh;
    }

    /** What changes with a file: its place on the disk, its time, its size. */
    private List<String> look() {
        List<String> looks = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                looks.add(Objects.toString(now.fileKey()) + now.lastModifiedTime() + now.size());
            } catch (IOException e) {
                looks.add(e.toString());
            }
        }
        return looks;
    }
}
