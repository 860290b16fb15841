package dev.qsc.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port for a server that cannot choose one itself. */
public final class FreePort {
    private FreePort() {}

    /**
     * A port that nobody listens on now.
     *
     * @throws UncheckedIOException if there is none, or the address is not one of this machine
     */
    public static int on(String address) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + address + ": " + e.getMessage(), e);
        }
    }
}
