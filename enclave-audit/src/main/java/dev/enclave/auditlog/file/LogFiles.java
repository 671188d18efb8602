package dev.enclave.auditlog.file;

import java.io.IOException;
import java.util.Set;

/** The files of a log, in one directory. Thread-safe; each file is used by one thread at a time. */
public interface LogFiles {

  /** Of one log, and so the processes that write it at the same time. */
  int MOST_LANES = 64;

  /** The names of all files there are. */
  Set<String> names() throws IOException;

  /** Opens a file, made (0600) if missing; its name lasts after {@link #force}. */
  LaneFile open(String name) throws IOException;

  /**
   * Opens a file that is only read, where nothing may be written too.
   *
   * @throws IOException when it is missing
   */
  LaneFile openToRead(String name) throws IOException;

  /**
   * Opens a file that holds a private key, to read it.
   *
   * @throws IOException when it is missing, or others may read it
   */
  LaneFile openSecret(String name) throws IOException;

  /**
   * Makes a file (0600); its name lasts after {@link #force}.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is one
   */
  LaneFile create(String name) throws IOException;

  /** Gives a file that content, on the disk for good. */
  default void replace(String name, byte[] content) throws IOException {
    try (LaneFile file = open(name)) {
      file.truncate(0);
      file.write(0, content, content.length);
      file.force();
    }
    force();
  }

  /** Removes a file, if it is there. */
  void delete(String name) throws IOException;

  /** Returns when files made and removed before survive a crash of the machine as such. */
  void force() throws IOException;
}
