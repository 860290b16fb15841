package dev.qsc.host.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Serves HTTPS on a socket that somebody else may have opened: systemd, which goes on listening when this process ends.
 * At most 64 connections are open. One more takes the place of the oldest that has not shown a listed certificate, so
 * that strangers cannot lock the operator out.
 */
final class HttpsServer implements AutoCloseable {
    private static final int MOST = 64;
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final ServerSocketChannel door;
    private final Supplier<SSLContext> tls;
    private final HttpService service;

    /** Oldest first. */
    private final ConcurrentSkipListMap<Long, HttpsConnection> connections = new ConcurrentSkipListMap<>();

    private volatile long lastSeen = System.nanoTime();

    /**
     * A server on an open door.
     *
     * @param tls asked for each connection, so that certificates can change
     */
    HttpsServer(ServerSocketChannel door, Supplier<SSLContext> tls, HttpService service) {
        this.door = door;
        this.tls = tls;
        this.service = service;
    }

    /** Serves until the door is closed, and every call that was begun is answered. */
    void serve() {
        Thread.startVirtualThread(this::watch);
        for (long number = 0; door.isOpen(); number++) {
            try {
                receive(number, door.accept());
            } catch (ClosedChannelException e) {
                Log.info("door_closed");
            } catch (IOException e) {
                Log.warning("accept_failed", "detail", e.getMessage());
                pause();
            }
        }
        while (!connections.isEmpty()) {
            connections.values().stream()
                    .filter(connection -> connection.isIdleFor(Duration.ZERO))
                    .forEach(HttpsConnection::cut);
            pause();
        }
    }

    private void receive(long number, SocketChannel channel) {
        if (connections.size() >= MOST) {
            dismissOldestStranger();
        }
        HttpsConnection connection = new HttpsConnection(channel, tls, service);
        if (connections.size() >= MOST) {
            connection.cut();
            return;
        }
        lastSeen = System.nanoTime();
        connections.put(number, connection);
        Thread.startVirtualThread(() -> {
            try {
                connection.serve();
            } finally {
                lastSeen = System.nanoTime();
                connections.remove(number);
            }
        });
    }

    private void dismissOldestStranger() {
        connections.entrySet().stream()
                .filter(entry -> !entry.getValue().isWelcome())
                .findFirst()
                .ifPresent(entry -> {
                    connections.remove(entry.getKey());
                    entry.getValue().cut();
                });
    }

    private void watch() {
        while (door.isOpen() || !connections.isEmpty()) {
            connections.values().stream().filter(HttpsConnection::isOverdue).forEach(HttpsConnection::cut);
            pause();
        }
    }

    /**
     * Closes the door as soon as nobody called for that long and nothing is left to be done, at two looks in a row:
     * when the process was stopped, that time is over at the first, and calls that waited in their sockets are read by
     * the second.
     */
    void closeWhenIdle(Duration quiet, BooleanSupplier nothingLeft) {
        Thread.startVirtualThread(() -> {
            int quietLooks = 0;
            while (quietLooks < 2) {
                quietLooks = isIdleFor(quiet) && nothingLeft.getAsBoolean() ? quietLooks + 1 : 0;
                pause();
            }
            close();
        });
    }

    private boolean isIdleFor(Duration quiet) {
        return System.nanoTime() - lastSeen >= quiet.toNanos()
                && connections.values().stream().allMatch(connection -> connection.isIdleFor(quiet));
    }

    /** Whether it lets anybody in. */
    boolean isOpen() {
        return door.isOpen();
    }

    /** Where it listens. */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) door.getLocalAddress();
    }

    /** Lets nobody in any more. */
    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            Log.warning("close_failed", "detail", e.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(GLANCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
