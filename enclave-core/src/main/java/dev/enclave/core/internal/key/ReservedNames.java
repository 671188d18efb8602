package dev.enclave.core.internal.key;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import java.util.Locale;

/** Names of keys that are the engine's own. */
public final class ReservedNames {

  /** The key that countersigns the checkpoints of audit logs. */
  public static final KeyName CHECKPOINT = KeyName.of("enclave-audit-checkpoint");

  /** What the names of companions begin with. */
  public static final String COMPANION = "enclave-fallback-";

  private ReservedNames() {}

  /** The key that signs what Enclaves of an environment type state of a backend's keys. */
  public static KeyName statements(EnvironmentType environment) {
    return KeyName.of(StatementText.KEYS + environment.name().toLowerCase(Locale.ROOT));
  }

  public static boolean contains(KeyName name) {
    return isSigner(name) || isCompanion(name);
  }

  /** Whether it is the name of a key that signs what Enclave itself says, and nothing else. */
  static boolean isSigner(KeyName name) {
    return name.equals(CHECKPOINT) || name.value().startsWith(StatementText.KEYS);
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
      throw (isCompanion(name)
              ? Texts.NAME_OF_COMPANION
              : name.equals(CHECKPOINT) ? Texts.NAME_OF_COUNTERSIGNER : Texts.NAME_OF_SIGNER)
          .as(ErrorCode.KEY_NAME_RESERVED, name);
    }
    return name;
  }
}
