package dev.enclave.software.internal.directory;

import dev.enclave.KeyName;
import dev.enclave.error.UsageException;
import dev.enclave.software.internal.disk.SecureFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies where in the directory of a store.
 *
 * @param directory absolute and normalized
 */
public record StoreLayout(Path directory) {

  // A prefix, since Windows allows no file called con, nul or aux, which key names may be.
  private static final String KEY_FOLDER = "key-";

  private static final String LOCK = ".lock";
  private static final Pattern LOCK_FILE = Pattern.compile("(0|[1-9][0-9]{0,5})\\.lock");

  private static final String SEALED = ".sealed";
  private static final String RECORD = "key" + SEALED;

  public Path parameters() {
    return directory.resolve("store.json");
  }

  public Path masterKey() {
    return directory.resolve("master.key");
  }

  /** Keeps those of one JVM apart who want the same lock. */
  Path gate() {
    return directory.resolve("store.lock");
  }

  Path locks() {
    return directory.resolve("locks");
  }

  Path lock(int number) {
    return locks().resolve(number + LOCK);
  }

  /** The number of the lock whose file is called so; none if it is no lock's file. */
  static OptionalInt lockNumber(String file) {
    Matcher matcher = LOCK_FILE.matcher(file);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The counters by which processes see each other's changes. */
  public Path changes() {
    return directory.resolve("store.changes");
  }

  public Path key(KeyName name) {
    return directory.resolve(KEY_FOLDER + name);
  }

  /** All of a key in one file, sealed. */
  public Path record(KeyName name) {
    return key(name).resolve(RECORD);
  }

  /** Whether a file of this name in a key's folder is sealed, by this Enclave or an earlier one. */
  public static boolean isSealed(String file) {
    return file.endsWith(SEALED);
  }

  /** Whether a store has files of this name in its directory. */
  boolean knows(String name) {
    Path file = directory.resolve(name);
    return file.equals(parameters())
        || file.equals(masterKey())
        || file.equals(gate())
        || file.equals(locks())
        || file.equals(changes())
        || name.endsWith(SecureFiles.TEMPORARY)
        || keyOf(name).isPresent();
  }

  /** The key whose folder is called so; none if it is no key's folder. */
  public static Optional<KeyName> keyOf(String folder) {
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
