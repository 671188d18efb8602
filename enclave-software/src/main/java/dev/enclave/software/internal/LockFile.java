package dev.enclave.software.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, opened once per process however many stores of the process use it: POSIX drops all
 * locks a process has on a file when it closes any descriptor of that file (fcntl(2)). It is closed
 * when the last store has closed and the last lock was released. Thread-safe.
 */
final class LockFile {

  /** Of the process, as the locks are; by what tells the file from others. Guards itself. */
  private static final Map<Object, LockFile> OPEN = new HashMap<>();

  private final Object identity;
  private final FileChannel channel;
  private int users; // Stores and held locks; guarded by OPEN.

  private LockFile(Object identity, FileChannel channel) {
    this.identity = identity;
    this.channel = channel;
  }

  /** The file, made when missing; the caller must {@link #leave} it. */
  static LockFile open(SecureFiles files, Path path) throws IOException {
    synchronized (OPEN) {
      LockFile file = find(files, path);
      if (file == null) {
        file = openFirst(files, path);
        OPEN.put(file.identity, file);
      }
      file.users++;
      return file;
    }
  }

  private static @Nullable LockFile find(SecureFiles files, Path path) throws IOException {
    if (!files.exists(path)) {
      return null;
    }
    LockFile file = OPEN.get(identity(files, path));
    return file != null && file.isOpen() ? file : null;
  }

  private static LockFile openFirst(SecureFiles files, Path path) throws IOException {
    FileChannel channel = files.openLock(path);
    try {
      return new LockFile(identity(files, path), channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Object identity(SecureFiles files, Path path) throws IOException {
    Optional<Object> identity = files.identity(path);
    return identity.isPresent() ? identity.get() : path.toRealPath();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** A lock that this process has. */
  record Held(LockFile file, FileLock lock) {
    void release() throws IOException {
      try {
        lock.release();
      } finally {
        file.leave();
      }
    }

    boolean isValid() {
      return lock.isValid();
    }
  }

  /** Locks bytes of the file, if no thread of this process and no other process has. */
  Optional<Held> tryLock(long position, long size) throws IOException {
    enter();
    FileLock lock = null;
    try {
      lock = channel.tryLock(position, size, false);
      return Optional.ofNullable(lock).map(held -> new Held(this, held));
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (lock == null) {
        leave();
      }
    }
  }

  private void enter() {
    synchronized (OPEN) {
      users++;
    }
  }

  /** Closes the file if nobody else uses it. */
  void leave() throws IOException {
    synchronized (OPEN) {
      users--;
      if (users == 0) {
        OPEN.remove(identity, this);
        channel.close();
      }
    }
  }
}
