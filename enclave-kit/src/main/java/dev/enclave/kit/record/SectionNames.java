package dev.enclave.kit.record;

import dev.enclave.KeyVersionId;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Labels of sections that no record has used: a version's id and four random bytes. */
final class SectionNames {

  private final SecureRandom random;

  SectionNames(SecureRandom random) {
    this.random = random;
  }

  String of(KeyVersionId version) {
    byte[] unique = new byte[4];
    random.nextBytes(unique);
    return version + "-" + HexFormat.of().formatHex(unique);
  }
}
