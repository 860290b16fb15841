package dev.qsc.cli;

import java.util.List;
import java.util.Set;

/**
 * What a host needs to become the one that an EngineHost names.
 *
 * @param clients whom its agent lets in
 * @param units which engines it may touch
 */
record HostBundle(Issued identity, Set<String> clients, List<Unit> units) {
    /**
     * An engine.
     *
     * @param name its systemd unit
     * @param baseline the file on the host with its present weights
     */
    record Unit(String name, String baseline) {}

    /**
     * The one command, run by root on the host, that takes it: by standard input, since arguments can be read by
     * everybody.
     */
    String command() {
        StringBuilder text = new StringBuilder("qsc-enroll --bundle <<'END_OF_BUNDLE'\n");
        clients.stream().sorted().forEach(client -> text.append("client " + client + "\n"));
        units.forEach(unit -> text.append("unit " + unit.name() + " " + unit.baseline() + "\n"));
        text.append("certificate\n" + identity.certificate().text().strip() + "\n");
        text.append("key\n" + identity.key().text().strip() + "\n");
        text.append("ca\n" + identity.authority().text().strip() + "\n");
        return text.append("end\nEND_OF_BUNDLE\n").toString();
    }

    @Override
    public String toString() {
        return "HostBundle" + clients;
    }
}
