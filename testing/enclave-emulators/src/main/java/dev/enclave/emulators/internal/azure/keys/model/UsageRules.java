package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import java.time.Instant;
import java.util.Set;

/** When a version may be used (About keys, Key attributes). */
public final class UsageRules {

  /** "Date-time controlled operations": they work outside the nbf / exp window too. */
  private static final Set<String> AT_ANY_TIME = Set.of("decrypt", "unwrapKey", "verify");

  private UsageRules() {}

  /**
   * Fails unless {@code version} can be used so.
   *
   * @param operation as in key_ops
   */
  public static void require(KeyVersion version, String operation, Instant now) {
    KeyAttributes attributes = version.attributes();
    if (!attributes.enabled()) {
      throw forbidden(
          "KeyDisabled", "Operation " + operation + " is not allowed on a disabled key.");
    }
    if (!AT_ANY_TIME.contains(operation)) {
      if (attributes.notYetValid(now)) {
        throw forbidden(
            "KeyNotYetValid",
            "Operation " + operation + " is not allowed on a key that is not yet valid.");
      }
      if (attributes.expired(now)) {
        throw forbidden(
            "KeyExpired", "Operation " + operation + " is not allowed on an expired key.");
      }
    }
    if (!version.operations().contains(operation)) {
      throw forbidden(
          "KeyOperationForbidden", "Operation " + operation + " is not permitted on this key.");
    }
  }

  private static AzureFailure forbidden(String inner, String message) {
    return AzureFailure.of(403, "Forbidden", inner, message);
  }
}
