package dev.enclave.core.internal.key.slot;

import dev.enclave.KeyName;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/** Names of keys that are the engine's own. */
public final class ReservedNames {

  /** The key that countersigns the checkpoints of audit logs. */
  public static final KeyName CHECKPOINT = KeyName.of("enclave-audit-checkpoint");

  /** The key that signs what Enclave itself states of a backend's keys. */
  public static final KeyName STATEMENT = KeyName.of("enclave-statements");

  /** What the names of companions begin with. */
  public static final String COMPANION = "enclave-fallback-";

  private ReservedNames() {}

  public static boolean contains(KeyName name) {
    return isSigner(name) || isCompanion(name);
  }

  /** Whether it is the name of a key that signs what Enclave itself says, and nothing else. */
  public static boolean isSigner(KeyName name) {
    return name.equals(CHECKPOINT) || name.equals(STATEMENT);
  }

  /** Whether it is the name of a companion, which signs while another key's backend is away. */
  public static boolean isCompanion(KeyName name) {
    return name.value().startsWith(COMPANION);
  }

  /**
   * Whether applications may use it.
   *
   * @throws UsageException ({@link ErrorCode#KEY_NAME_RESERVED}) when not
   */
  public static KeyName requireFree(KeyName name) {
    if (contains(name)) {
      throw new UsageException(
          ErrorCode.KEY_NAME_RESERVED, "Key " + name + use(name) + " Use another name.");
    }
    return name;
  }

  private static String use(KeyName name) {
    if (isCompanion(name)) {
      return " is a companion, which signs in another key's place in an outage, and nothing else.";
    }
    return name.equals(CHECKPOINT)
        ? " countersigns the checkpoints of audit logs and nothing else."
        : " signs what Enclave itself states and nothing else.";
  }
}
