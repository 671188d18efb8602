package dev.enclave.emulators.internal.vault.transit;

/**
 * A signature, MAC or ciphertext with the version of its key, such as {@code vault:v3:…}.
 *
 * @param text what follows the prefix
 */
record Versioned(int version, String text) {

  private static final String PREFIX = "vault:v";

  /** Checks it against what the key allows ({@code policy.go}, DecryptWithFactory and Verify…). */
  static Versioned parse(String what, String text, TransitKey key) {
    if (key.softDeleted()) {
      throw UserError.of(Refusals.SOFT_DELETED);
    }
    if (!text.startsWith(PREFIX)) {
      throw UserError.of("invalid " + what + ": no prefix");
    }
    String[] fields = text.substring(PREFIX.length()).split(":", 2);
    if (fields.length != 2) {
      throw UserError.of("invalid " + what + ": wrong number of fields");
    }
    int version;
    try {
      version = Integer.parseInt(fields[0]);
    } catch (NumberFormatException e) {
      throw UserError.of("invalid " + what + ": version number could not be decoded");
    }
    if (version == 0 && what.equals("ciphertext")) {
      version = 1;
    }
    if (version > key.latest()) {
      throw UserError.of("invalid " + what + ": version is too new");
    }
    if (version < key.limits().decryption()) {
      throw UserError.of(Refusals.TOO_OLD);
    }
    return new Versioned(version, fields[1]);
  }
}
