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

  /** Whether there are some, or were in this moment: who holds the lock may be writing them. */
  public boolean isAny(Path directory) throws BackendFailure {
    try {
      return files.names(directory).stream().anyMatch(Leftovers::isHalfWritten);
    } catch (IOException e) {
      throw DiskFailures.reading(directory, e);
    }
  }

  private static boolean isHalfWritten(String name) {
    return name.endsWith(SecureFiles.TEMPORARY);
  }

  /** Clears one directory, under its lock. */
  public void clear(Path directory) throws BackendFailure {
    try {
      for (String name : files.names(directory)) {
        if (isHalfWritten(name)) {
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
