package dev.qsc.host.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The service manager through its own command, which needs no library and 13 ms. */
final class Systemctl implements Systemd {
    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final int LONGEST_OUTPUT = 64 * 1024;
    private static final String PROPERTIES = "--property=ActiveState,SubState,StateChangeTimestamp,"
            + "ActiveEnterTimestamp,InvocationID,NRestarts,StatusText,Result";

    private final String command;

    /** Through that command, {@code systemctl} on a host. */
    Systemctl(String command) {
        this.command = command;
    }

    @Override
    public List<Map<String, String>> show(List<String> units) {
        List<String> arguments = new ArrayList<>(List.of("show", PROPERTIES, "--timestamp=us+utc", "--"));
        arguments.addAll(units);
        List<Map<String, String>> blocks = Arrays.stream(
                        output(QUICK, arguments).split("\n\n"))
                .map(Systemctl::properties)
                .toList();
        if (blocks.size() != units.size()) {
            throw new HostException(
                    "systemctl show answered for " + blocks.size() + " units instead of " + units.size());
        }
        return blocks;
    }

    private static Map<String, String> properties(String block) {
        Map<String, String> properties = new LinkedHashMap<>();
        block.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            properties.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return properties;
    }

    @Override
    public void start(String unit) {
        output(QUICK, List.of("--no-ask-password", "--no-block", "start", "--", unit));
    }

    @Override
    public void run(String unit, Duration within) {
        output(within, List.of("--no-ask-password", "start", "--", unit));
    }

    @Override
    public String version() {
        return output(QUICK, List.of("--version"))
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^systemd ", "");
    }

    private String output(Duration limit, List<String> arguments) {
        List<String> whole = new ArrayList<>(List.of(command));
        whole.addAll(arguments);
        String called = String.join(" ", whole);
        try {
            Process process = started(whole);
            Thread reaper = Thread.startVirtualThread(() -> endAfter(process, limit));
            String output =
                    new String(process.getInputStream().readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            reaper.interrupt();
            if (code != 0) {
                throw new HostException(called + " ended with " + code + ": " + output.replace('\n', ' '));
            }
            return output;
        } catch (IOException e) {
            throw new HostException(called + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(called + " was interrupted", e);
        }
    }

    private static Process started(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static void endAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
