package dev.enclave.crypto.internal.backup;

import java.util.Optional;

/**
 * What a backup says beside the private key: attributes of the PKCS#8, a UTF8String each. The arc
 * is that of a UUID (ITU-T X.667), chosen once. Numbers are never reused.
 */
enum BackupAttribute {
  /** The version of all this: {@code 1}. */
  FORMAT(1),
  /** The key's name. */
  NAME(2),
  /** As {@code KeyAlgorithm} spells it. */
  ALGORITHM(3),
  /** As {@code EnvironmentType} spells it; absent for a key without a stamp. */
  STAMP(4),
  /** As {@code RotationInterval} spells it. */
  ROTATION(5),
  /** The version's id. */
  VERSION(6),
  /** As {@code KeyState} spells it. */
  STATE(7),
  /** When the version was made: ISO 8601 in UTC. */
  CREATED_AT(8),
  /** Which of the key's versions it is, counted from 1, oldest first, destroyed ones too. */
  PLACE(9),
  /** Which block of the file this is, counted from 1. */
  BLOCK(10),
  /** How many blocks the file has. */
  BLOCKS(11),
  /** The destroyed versions, a line each; in the first block only, absent if there are none. */
  DESTROYED(12),
  /** HMAC-SHA256 over the PKCS#8 without this attribute, in hexadecimal digits. */
  AUTHENTICATOR(13);

  private static final String ARC = "2.25.233800543705983420137579432553211023683.";

  private final String id;

  BackupAttribute(int number) {
    this.id = ARC + number;
  }

  String id() {
    return id;
  }

  static Optional<BackupAttribute> of(String id) {
    for (BackupAttribute attribute : values()) {
      if (attribute.id.equals(id)) {
        return Optional.of(attribute);
      }
    }
    return Optional.empty();
  }
}
