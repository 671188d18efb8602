package dev.enclave.core.internal.lifecycle;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;

/**
 * Names the next rotation of a key: the same at all replicas that read the same, so that each goes
 * on with what another one began, and what was published is what is activated.
 */
public final class RotationId {

  private static final String PREFIX = "due-";
  private static final int ID_DIGITS = 32;
  private static final int SHARE_DIGITS = 8;

  private RotationId() {}

  /** The operation id of the next rotation of a key that has an active version. */
  public static String of(KeyInfo key) {
    return PREFIX + digest(key).substring(0, ID_DIGITS);
  }

  /** A number from 0 to 1 that is the same at all replicas, and another for the next rotation. */
  public static double share(KeyInfo key) {
    String digits = digest(key).substring(ID_DIGITS, ID_DIGITS + SHARE_DIGITS);
    return Long.parseLong(digits, 16) / (double) (1L << 32);
  }

  private static String digest(KeyInfo key) {
    KeyVersion active = key.active().orElseThrow();
    String rotation =
        String.join(
            "\n",
            "enclave rotation",
            key.handle().toString(),
            active.id().value(),
            String.valueOf(givenUp(key, active)));
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(rotation)).value().toHex();
  }

  /**
   * How many versions were made to replace the active one and given up: the next attempt has to be
   * another operation, since a backend answers a repetition with the version that is gone.
   */
  private static long givenUp(KeyInfo key, KeyVersion active) {
    return key.versions().stream()
        .dropWhile(version -> !version.id().equals(active.id()))
        .skip(1)
        .filter(version -> version.state() != KeyState.PENDING)
        .count();
  }
}
