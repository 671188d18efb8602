package dev.enclave.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens files that settings or other files name: regular ones, through links too. A named pipe that
 * nobody writes into keeps its reader for good, and so may a device.
 */
public final class RegularFiles {

  private RegularFiles() {}

  /**
   * Opens one to read it.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it is no regular file, or may not be read
   */
  public static InputStream open(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "no regular file");
    }
    return Files.newInputStream(file);
  }
}
