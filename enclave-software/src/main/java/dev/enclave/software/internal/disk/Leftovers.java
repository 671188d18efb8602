package dev.enclave.software.internal.disk;

import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Half-written files that a crash left behind. Cleared under the lock of whoever writes in the
 * directory, before it is changed; so nobody has to look through a whole store when it is opened.
 */
public final class Leftovers {

  private final SecureFiles files;

  public Leftovers(SecureFiles files) {
    this.files = files;
  }

  /** Clears one directory, under its lock. */
  public void clear(Path directory) throws BackendFailure {
    try {
      for (String name : files.names(directory)) {
        if (name.endsWith(SecureFiles.TEMPORARY)) {
          files.delete(directory.resolve(name));
        }
      }
    } catch (NoSuchFileException e) {
      return; // A key that is about to be created.
    } catch (IOException e) {
      throw DiskFailures.writing(directory, e);
    }
  }
}
