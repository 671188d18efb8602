package dev.enclave.software.internal.records;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.internal.Quoted;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.CurrentMaster;
import dev.enclave.software.internal.sealing.RecordSealer;
import dev.enclave.software.internal.sealing.SealHeader;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Reads, writes and reseals single sealed files of one store. Thread-safe. */
final class KeyFiles {

  private static final int LONGEST_FILE = 1 << 24;

  private final SecureFiles files;
  private final RecordSealer sealer;
  private final CurrentMaster master;
  private final String storeId;
  private final EnvironmentType environment;

  KeyFiles(
      SecureFiles files,
      RecordSealer sealer,
      CurrentMaster master,
      String storeId,
      EnvironmentType environment) {
    this.files = files;
    this.sealer = sealer;
    this.master = master;
    this.storeId = storeId;
    this.environment = environment;
  }

  /** The content of a file as it is; none when there is no such file. */
  Optional<Bytes> read(Path path) throws BackendFailure {
    try {
      return Optional.of(Bytes.of(files.read(path, LONGEST_FILE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(path, e);
    }
  }

  /** As {@link #read}, of a file that destroying must really remove. */
  Optional<Bytes> readUnshared(Path path) throws BackendFailure {
    try {
      return Optional.of(Bytes.of(files.readUnshared(path, LONGEST_FILE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(path, e);
    }
  }

  /** Takes a file of this store apart. */
  RecordSealer.Sealed parse(Bytes file, Path path) throws BackendFailure {
    RecordSealer.Sealed sealed = RecordSealer.parse(file.toByteArray(), path);
    if (!sealed.header().storeId().equals(storeId)) {
      throw foreign(sealed.header(), path);
    }
    return sealed;
  }

  private BackendFailure foreign(SealHeader header, Path path) {
    boolean foreignStamp =
        Arrays.stream(EnvironmentType.values())
            .anyMatch(t -> t.name().equals(header.stamp()) && !environment.accepts(t));
    return BackendFailure.permanent(
            foreignStamp ? FailureCode.STAMP_MISMATCH : FailureCode.CORRUPT,
            "File "
                + path
                + " belongs to another store"
                + (foreignStamp ? ", of environment " + header.stamp() : "")
                + ". Move it back; keys cannot be copied from store to store.")
        .naming(path.toString());
  }

  static BackendFailure misplaced(SealHeader header, Path path) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            "File "
                + path
                + " holds something else ("
                + header.kind()
                + " of key "
                + Quoted.of(header.key())
                + "): files were swapped or renamed. Put the right one back from a copy of the"
                + " directory.")
        .naming(path.toString());
  }

  /** The content; the caller overwrites it if it is secret. */
  byte[] unseal(RecordSealer.Sealed sealed, Path path) throws BackendFailure {
    if (master.isResealedElsewhere(sealed.master())) {
      throw master.resealedElsewhere();
    }
    if (sealer.masters().find(sealed.master()).isEmpty()) {
      throw fromBeforeAReseal(path);
    }
    return sealer.unseal(sealed, path);
  }

  private static BackendFailure fromBeforeAReseal(Path path) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            "File "
                + path
                + " is sealed under a master key that this store has no longer: it is from before a"
                + " reseal, or was changed. Restore the key from its backup with: enclave keys restore;"
                + " or put back a copy of the whole directory, of one time.")
        .naming(path.toString());
  }

  /**
   * Replaces a file under the lock of its key. That is durable once the directory is synced. When
   * it throws, the old content is there still.
   */
  void replace(Path path, SealHeader header, byte[] content) throws BackendFailure {
    String current = master.require();
    try {
      files.replace(path, sealer.seal(current, header, content));
    } catch (IOException e) {
      throw DiskFailures.writing(path, e);
    }
  }

  /**
   * Seals a file anew, under the locks of the store and of its key, unless it is under the current
   * master key. What it replaces is durable once the directory is synced.
   *
   * @return false when there is no such file
   */
  boolean reseal(Path path) throws BackendFailure {
    Optional<Bytes> file = read(path);
    if (file.isEmpty()) {
      return false;
    }
    RecordSealer.Sealed sealed = parse(file.get(), path);
    if (sealed.master().equals(master.require())) {
      return true;
    }
    byte[] content = unseal(sealed, path);
    try {
      replace(path, sealed.header(), content);
      return true;
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** Deletes a file; it is gone for good once the directory is synced. */
  void delete(Path path) throws BackendFailure {
    try {
      files.delete(path);
    } catch (IOException e) {
      throw DiskFailures.writing(path, e);
    }
  }

  /** Makes names created, replaced or deleted in the directory durable. */
  void sync(Path directory) throws BackendFailure {
    try {
      files.sync(directory);
    } catch (IOException e) {
      throw DiskFailures.writing(directory, e);
    }
  }
}
