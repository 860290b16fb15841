package dev.qsc.agent.api;

/**
 * The CanaryRollout that a request speaks for.
 *
 * @param namespace its namespace, a DNS label
 * @param name its name, a DNS subdomain
 * @param uid its {@code metadata.uid}; the identity by which hosts fence, since a name can be used again
 */
public record RolloutRef(String namespace, String name, String uid) {
    public RolloutRef {
        Check.matches("rollout.namespace", namespace, "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
        Check.matches("rollout.name", name, "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
        Check.matches("rollout.uid", uid, "[0-9a-zA-Z-]{1,64}");
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
