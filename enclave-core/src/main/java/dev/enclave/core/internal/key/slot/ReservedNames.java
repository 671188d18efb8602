package dev.enclave.core.internal.key.slot;

import dev.enclave.KeyName;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/** Names of keys that are the engine's own. */
public final class ReservedNames {

  /** The key that countersigns the checkpoints of audit logs. */
  public static final KeyName CHECKPOINT = KeyName.of("enclave-audit-checkpoint");

  /** What the names of companions begin with. */
  public static final String COMPANION = "enclave-fallback-";

  private ReservedNames() {}

  public static boolean contains(KeyName name) {
    return name.equals(CHECKPOINT) || isCompanion(name);
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
          ErrorCode.KEY_NAME_RESERVED,
          "Key "
              + name
              + (isCompanion(name)
                  ? " is a companion, which signs in another key's place in an outage, and nothing"
                      + " else."
                  : " countersigns the checkpoints of audit logs and nothing else.")
              + " Use another name.");
    }
    return name;
  }
}
