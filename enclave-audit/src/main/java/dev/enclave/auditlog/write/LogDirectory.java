package dev.enclave.auditlog.write;

import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.kit.claim.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The directory of a log: it and the files in it are this user's alone, as those of a key store.
 */
public final class LogDirectory {

  private LogDirectory() {}

  /** Makes it (0700) if missing; one that others may use is refused. */
  public static void make(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, OwnerRights.directory(directory));
    }
    DiskLogFiles.requireDirectory(directory);
  }

  /**
   * What would keep a log from being opened there, as far as that can be told without writing.
   *
   * @return what is wrong and what to do; empty if nothing is seen
   */
  public static Optional<UnsafeFileException> obstacle(Path directory) {
    Path nearest = directory;
    while (nearest.getParent() != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      return refused(Texts.NO_DIRECTORY.with(nearest));
    }
    if (!Files.isWritable(nearest) || !Files.isExecutable(nearest)) {
      return refused(Texts.NOT_WRITABLE.with(nearest));
    }
    try {
      if (nearest.equals(directory)) {
        DiskLogFiles.requireDirectory(directory);
        requireOwnFiles(directory);
        if (LogClaims.allTaken(directory)) {
          return Optional.of(
              new UnsafeFileException(
                  Texts.ALL_LANES_IN_USE.with(LogFiles.MOST_LANES), Texts.OWN_DIRECTORY.with()));
        }
      }
      return Optional.empty();
    } catch (UnsafeFileException e) {
      return Optional.of(e);
    } catch (IOException e) {
      return refused(Reasons.of(e));
    }
  }

  private static Optional<UnsafeFileException> refused(String why) {
    return Optional.of(new UnsafeFileException(why, Texts.SET_DIRECTORY.with()));
  }

  /** What is opened to write it, and the private key: one look tells all of it. */
  private static void requireOwnFiles(Path directory) throws IOException {
    for (String name : new DiskLogFiles(directory).names()) {
      if (name.equals(LogIdentity.PRIVATE)
          || name.equals(CheckpointFile.NAME)
          || Segment.parse(name).isPresent()) {
        DiskLogFiles.requireFile(directory.resolve(name));
      }
    }
  }
}
