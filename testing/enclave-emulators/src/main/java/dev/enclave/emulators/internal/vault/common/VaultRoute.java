package dev.enclave.emulators.internal.vault.common;

import java.util.Optional;

/** What handles the calls below a prefix of the path: a mount or a part of the core. */
public interface VaultRoute {

  /**
   * The name of the operation for the journal, one for each kind of call and not for each key, such
   * as {@code transit/sign}; empty if there is no such path.
   *
   * @param operation never {@link Operation#CREATE}
   * @param rest the path below the prefix
   */
  String nameOf(Operation operation, String rest);

  /**
   * Whether what a POST is about exists, for paths with an existence check: if it does not, the
   * call is {@link Operation#CREATE}. Empty for all others, which are {@link Operation#UPDATE}.
   */
  default Optional<Boolean> exists(VaultCall call) {
    return Optional.empty();
  }

  /**
   * Whether the call changes what is stored, as its operation says unless it only computes: a
   * standby that answers reads itself forwards such calls, and answers all others by what it has
   * seen.
   */
  default boolean writes(VaultCall call) {
    return !call.operation().reads();
  }

  /** Whether the path needs no token, such as that of a login. */
  default boolean needsNoToken(VaultCall call) {
    return false;
  }

  /** The key that the journal names. */
  default Optional<String> keyOf(String rest) {
    return Optional.empty();
  }

  /**
   * Handles a call that access was granted to.
   *
   * @throws VaultFailure as an answer
   */
  VaultAnswer handle(VaultCall call);
}
