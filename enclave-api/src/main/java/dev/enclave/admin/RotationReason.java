package dev.enclave.admin;

import dev.enclave.KeyState;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Why a key is rotated; it decides what becomes of the old version. */
public enum RotationReason {
  /** Its time has come. The old version stays verify-only. */
  SCHEDULED,
  /** Somebody decided so: a change of staff, a test of the procedure. Stays verify-only. */
  ADMINISTRATIVE,
  /** The key is replaced for good by another place or policy. Stays verify-only. */
  SUPERSEDED,
  /**
   * Somebody else may have the private key. The old version stops verifying: at once in this
   * process, in others when they read the key again (see the architecture guide on readings). It
   * signs no succession statement, since such a statement would prove nothing.
   */
  COMPROMISE;

  /** The state the old version is left in. */
  public KeyState retiredState() {
    return this == COMPROMISE ? KeyState.DISABLED : KeyState.VERIFY_ONLY;
  }

  /**
   * The reason spelled {@code name}; case is not significant.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) naming the ones there are
   */
  public static RotationReason parse(String name) {
    return Arrays.stream(values())
        .filter(r -> r.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                Texts.REASON_UNKNOWN.as(
                    ErrorCode.INVALID_ARGUMENT,
                    Quoted.of(name),
                    Arrays.stream(values())
                        .map(r -> r.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))));
  }
}
