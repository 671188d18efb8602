package dev.enclave.emulators.internal.vault.access.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a policy says about a path.
 *
 * @param path with the namespace before it, and without the {@code *} of a prefix unless it has
 *     {@code +} too
 * @param allowed values by parameter, in lower case; none for any value; empty for all parameters
 * @param denied values by parameter, in lower case; none for any value
 * @param required parameters
 * @param wrappedOnly whether it sets a least or a largest time to live of wrapped answers: Vault
 *     refuses requests that ask for none, and this server wraps nothing
 */
record PathRule(
    String path,
    boolean prefix,
    boolean wildcards,
    Set<Capability> capabilities,
    Optional<Map<String, List<Object>>> allowed,
    Optional<Map<String, List<Object>>> denied,
    List<String> required,
    boolean wrappedOnly) {}
