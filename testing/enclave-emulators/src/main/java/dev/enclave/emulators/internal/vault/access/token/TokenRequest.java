package dev.enclave.emulators.internal.vault.access.token;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A token that is to be made.
 *
 * @param namespace empty, or with a slash at its end
 * @param path of the request that makes it, such as {@code auth/token/create}
 * @param parent the token that it is revoked with
 * @param policies as they are to be
 * @param numUses 0 for any number
 * @param limits of its life
 * @param role what a renewal takes the limits from; it throws when the role is gone
 * @param id which a privileged creator chose
 */
public record TokenRequest(
    String namespace,
    String path,
    Optional<String> parent,
    List<String> policies,
    String displayName,
    Map<String, String> meta,
    String entityId,
    int numUses,
    boolean renewable,
    Lifetime.Limits limits,
    Optional<Supplier<Lifetime.Limits>> role,
    Optional<String> id) {}
