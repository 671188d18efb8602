package dev.enclave.emulators.internal.vault.common;

import java.util.Map;
import java.util.Optional;

/** The seam between the core and who may do what. Thread-safe. */
public interface Access {

  /**
   * Checks the token and its policies, and counts the use. Not called for paths that need no token.
   *
   * @param exists whether the thing exists; true where no existence check is made
   * @throws VaultFailure if the call is not allowed
   */
  void require(VaultCall call, boolean exists);

  /**
   * Whether the token's policies say anything of what is below a mount; false for a token that is
   * unknown. Does not count as a use.
   *
   * @param mount such as {@code transit/}
   */
  boolean seesMount(VaultCall call, String mount);

  /** What it serves itself, by the prefix of the path such as {@code auth/}, in all namespaces. */
  Map<String, VaultRoute> routes();

  /** Who asks, for the journal: nothing that is secret. */
  Optional<String> principal(VaultCall call);
}
