package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.UsageException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What lies where in the directory of a store.
 *
 * @param directory absolute and normalized
 */
record StoreLayout(Path directory) {

  // A prefix, since Windows allows no file called con, nul or aux, which key names may be.
  private static final String KEY_FOLDER = "key-";

  Path parameters() {
    return directory.resolve("store.json");
  }

  Path masterKey() {
    return directory.resolve("master.key");
  }

  Path lock() {
    return directory.resolve("store.lock");
  }

  Path key(KeyName name) {
    return directory.resolve(KEY_FOLDER + name);
  }

  Path manifest(KeyName name) {
    return key(name).resolve("manifest.sealed");
  }

  Path privateKey(KeyName name, VersionEntry version) {
    return key(name).resolve(version.file());
  }

  /** The key whose folder is called so; none if it is no key's folder. */
  static Optional<KeyName> keyOf(String folder) {
    if (!folder.startsWith(KEY_FOLDER)) {
      return Optional.empty();
    }
    try {
      return Optional.of(KeyName.of(folder.substring(KEY_FOLDER.length())));
    } catch (UsageException e) {
      return Optional.empty();
    }
  }
}
