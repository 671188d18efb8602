package dev.enclave.jobs;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.kit.claim.ProcessUser;
import dev.enclave.kit.claim.UnsafeFileException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory and the files of H2. H2 runs code that a database file names, so all of them are
 * this user's alone, as those of a key store are. Thread-safe.
 */
final class H2Files {

  private static final String NAME = "deferred";
  private static final String DATABASE = ".mv.db";

  /**
   * H2 makes one, for all to read, where it cannot open the database, whatever it is told. It reads
   * none.
   */
  private static final String TRACE = ".trace.db";

  /** What H2 reads, moves or deletes when it opens a database, beside the database. */
  private static final List<String> OTHERS =
      List.of(DATABASE + ".newFile", DATABASE + ".tempFile", ".lock.db");

  private final FileChecks checks = new FileChecks(new ProcessUser());
  private final Path directory;

  H2Files(Path directory) {
    this.directory = directory.toAbsolutePath();
    if (this.directory.toString().indexOf(';') >= 0) {
      throw Texts.SEMICOLON_IN_DIRECTORY.as(ErrorCode.CONFIGURATION_INVALID_VALUE);
    }
  }

  /** The database's name for H2, which adds the ends of its files' names. */
  String database() {
    return directory.resolve(NAME).toString();
  }

  /**
   * Makes the directory and the database's file, which H2 would make readable by all, where they
   * are missing, and refuses what others may have written. Before H2 opens the file, each time.
   */
  void prepare() {
    try {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(directory, OwnerRights.directory(directory));
      }
      checks.directory(directory);
      Files.deleteIfExists(directory.resolve(NAME + TRACE));
      Path file = directory.resolve(NAME + DATABASE);
      makeIfMissing(file);
      checks.unsharedFile(file);
      for (String end : OTHERS) {
        Path other = directory.resolve(NAME + end);
        if (Files.exists(other, LinkOption.NOFOLLOW_LINKS)) {
          checks.unsharedFile(other);
        }
      }
    } catch (UnsafeFileException e) {
      throw refused(Texts.NOT_SAFE_TO_OPEN.with(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      throw refused(Texts.DIRECTORY_NOT_USABLE.with(e.getClass().getSimpleName()));
    }
  }

  private static void makeIfMissing(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createFile(file, OwnerRights.file(file));
      } catch (FileAlreadyExistsException e) {
        // Another process was faster, and has it open for itself.
      }
    }
  }

  private static EnclaveException refused(String why) {
    return Texts.SETTING_DIRECTORY.as(ErrorCode.CONFIGURATION_INVALID_VALUE, why);
  }
}
