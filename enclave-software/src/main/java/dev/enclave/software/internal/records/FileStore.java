package dev.enclave.software.internal.records;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.ChangeCounters;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.Leftovers;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * Records as files of one directory: per key a folder with one file, which has a random revision
 * before its content. Reading needs no lock, since files are replaced as a whole; writing is done
 * under the key's {@link StoreLock}. A write has happened once its file is renamed, and is answered
 * once that is durable. Thread-safe, across processes too.
 */
public final class FileStore implements RecordStore {

  private static final int REVISION = 16;
  private static final int LONGEST_FILE = 1 << 24;
  private static final int LONGEST = LONGEST_FILE - REVISION;

  private final SecureFiles disk;
  private final StoreLayout layout;
  private final StoreLock locks;
  private final String storeId;
  private final SecureRandom random;
  private final WriteCheck check;
  private final Leftovers halfWritten;
  private final String uri;
  private final ConcurrentMap<KeyName, Seen> seen = new ConcurrentHashMap<>();

  /**
   * What was read last of a key.
   *
   * @param changes what the key's counter showed before
   */
  private record Seen(String revision, long changes) {}

  /** What may keep a record from being written. */
  public interface WriteCheck {

    /**
     * Is asked under the key's lock, when all but the write itself is done.
     *
     * @param before what is there; none for the first
     * @throws BackendFailure CONFLICT, TRANSIENT, to have the data key wrapped again
     */
    void check(Optional<Bytes> before, Bytes content) throws BackendFailure;
  }

  public FileStore(
      SecureFiles disk,
      StoreLayout layout,
      StoreLock locks,
      String storeId,
      SecureRandom random,
      WriteCheck check) {
    this.disk = disk;
    this.layout = layout;
    this.locks = locks;
    this.storeId = storeId;
    this.random = random;
    this.check = check;
    this.halfWritten = new Leftovers(disk);
    this.uri = layout.directory().toUri().toString().replaceFirst("/$", "");
    locks.recoverBy(this::recover);
  }

  @Override
  public String storeId() {
    return storeId;
  }

  @Override
  public String place() {
    return Texts.DIRECTORY.with(layout.directory());
  }

  @Override
  public String nameOf(KeyName name) {
    return Texts.FILE.with(layout.record(name));
  }

  @Override
  public String uriOf(KeyName name) {
    return uri + "/" + layout.key(name).getFileName();
  }

  @Override
  public int longest() {
    return LONGEST;
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure {
    locks.followCounters();
    finishAbandonedChange(name);
    long changes = locks.changes(name);
    Optional<StoredRecord> found = read(name);
    found.ifPresent(record -> seen.put(name, new Seen(record.revision(), changes)));
    return found;
  }

  private void finishAbandonedChange(KeyName name) {
    try {
      locks.recoverIfCutShort(name);
    } catch (BackendFailure e) {
      return; // It stays as it is; reading goes on without the lock.
    }
  }

  private Optional<StoredRecord> read(KeyName name) throws BackendFailure {
    Path file = layout.record(name);
    try {
      disk.checkDirectory(layout.key(name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.key(name), e);
    }
    try {
      // Under one name only: what is destroyed must be gone once the file is replaced.
      byte[] all = disk.readUnshared(file, LONGEST_FILE);
      if (all.length < REVISION) {
        throw cutShort(name);
      }
      return Optional.of(
          StoredRecord.of(
              name,
              HexFormat.of().formatHex(all, 0, REVISION),
              Bytes.of(Arrays.copyOfRange(all, REVISION, all.length))));
    } catch (NoSuchFileException e) {
      requireEmpty(name);
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(file, e);
    }
  }

  private BackendFailure cutShort(KeyName name) {
    return corrupt(layout.record(name), Texts.RECORD_CUT_SHORT.with(layout.record(name)));
  }

  private static BackendFailure corrupt(Path file, String message) {
    return BackendFailure.permanent(FailureCode.CORRUPT, message).naming(file.toString());
  }

  /** A record may be lost; then its name is not free. */
  private void requireEmpty(KeyName name) throws BackendFailure {
    // Looked at in this order: a creation may have put the record there meanwhile.
    if (hasSealed(name) && !disk.exists(layout.record(name))) {
      throw corrupt(
          layout.key(name),
          Texts.RECORD_MISSING.with(layout.key(name), name, layout.record(name).getFileName()));
    }
  }

  private boolean hasSealed(KeyName name) throws BackendFailure {
    try {
      return disk.names(layout.key(name)).stream().anyMatch(StoreLayout::isSealed);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw DiskFailures.reading(layout.key(name), e);
    }
  }

  @Override
  public StoredRecord create(KeyName name, Bytes content, CallContext call) throws BackendFailure {
    requireFit(name, content);
    return locks.holdingKey(
        name,
        call.deadline(),
        () -> {
          halfWritten.clear(layout.key(name));
          if (read(name).isPresent()) {
            throw Texts.RECORD_EXISTS.permanent(FailureCode.ALREADY_EXISTS, name);
          }
          makeFolder(name);
          return written(name, Optional.empty(), content);
        });
  }

  private void makeFolder(KeyName name) throws BackendFailure {
    try {
      disk.createDirectory(layout.key(name));
      // It may have been made by somebody who was killed before this.
      disk.sync(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.key(name), e);
    }
  }

  @Override
  public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
      throws BackendFailure {
    KeyName name = before.name();
    requireFit(name, content);
    return locks.holdingKey(
        name,
        call.deadline(),
        () -> {
          halfWritten.clear(layout.key(name));
          Optional<StoredRecord> there = read(name);
          if (there.isEmpty()) {
            throw Texts.RECORD_GONE.permanent(FailureCode.NOT_FOUND, name);
          }
          if (!there.get().revision().equals(before.revision())) {
            throw Texts.RECORD_CHANGED.permanent(FailureCode.CONFLICT, name);
          }
          return written(name, there.map(StoredRecord::content), content);
        });
  }

  /** Under the key's lock. */
  private StoredRecord written(KeyName name, Optional<Bytes> before, Bytes content)
      throws BackendFailure {
    byte[] all = new byte[REVISION + content.size()];
    byte[] revision = new byte[REVISION];
    random.nextBytes(revision);
    System.arraycopy(revision, 0, all, 0, REVISION);
    System.arraycopy(content.toByteArray(), 0, all, REVISION, content.size());
    check.check(before, content);
    try {
      disk.replace(layout.record(name), all);
    } catch (IOException e) {
      throw DiskFailures.writing(layout.record(name), e);
    }
    return BackendFailure.afterChange(
        Texts.RECORD_REPLACED.with(name),
        () -> {
          sync(layout.key(name));
          return StoredRecord.of(name, HexFormat.of().formatHex(revision), content);
        });
  }

  private void sync(Path directory) throws BackendFailure {
    try {
      disk.sync(directory);
    } catch (IOException e) {
      throw DiskFailures.writing(directory, e);
    }
  }

  @Override
  public void settle(KeyName name, CallContext call) throws BackendFailure {
    BackendFailure.afterChange(
        Texts.KEY_CHANGED.with(name),
        () -> {
          sync(layout.key(name));
          sync(layout.directory());
          return name;
        });
  }

  @Override
  public boolean isUnchanged(StoredRecord record) {
    Seen last = seen.get(record.name());
    return last != null
        && last.revision().equals(record.revision())
        && ChangeCounters.isQuiet(last.changes())
        && last.changes() == locks.changes(record.name());
  }

  @Override
  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    List<KeyName> names = new ArrayList<>();
    for (KeyName name : folders()) {
      // A key whose record is lost is named too, so that nobody thinks it never was.
      if (disk.exists(layout.record(name)) || hasSealed(name)) {
        names.add(name);
      }
    }
    return KeyLister.Names.whole(from, names);
  }

  /** As {@link #page}, and those whose creation goes on or was cut short; sorted. */
  public List<KeyName> folders() throws BackendFailure {
    try {
      return disk.names(layout.directory()).stream()
          .flatMap(folder -> StoreLayout.keyOf(folder).stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.directory(), e);
    }
  }

  /**
   * Clears what a write left that was cut short.
   *
   * @return whether the key has a record
   */
  public boolean tidy(KeyName name, CallContext call) throws BackendFailure {
    return locks.holdingKey(
        name,
        call.deadline(),
        () -> {
          halfWritten.clear(layout.key(name));
          sync(layout.key(name));
          return read(name).isPresent();
        });
  }

  /** Clears and settles what a crash left of some of the keys, under their lock. */
  private void recover(Predicate<KeyName> keys) throws BackendFailure {
    for (KeyName name : folders()) {
      if (keys.test(name)) {
        recover(name);
      }
    }
  }

  private void recover(KeyName name) throws BackendFailure {
    try {
      halfWritten.clear(layout.key(name));
      sync(layout.key(name));
      sync(layout.directory());
    } catch (BackendFailure e) {
      if (e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      // No repetition helps, and whoever uses the key is told.
    }
  }

  @Override
  public void close() {
    seen.clear();
  }
}
