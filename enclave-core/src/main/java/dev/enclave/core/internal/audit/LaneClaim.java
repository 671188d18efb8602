package dev.enclave.core.internal.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write a lane: a lock on a file beside it. Beside it, because POSIX frees a process's
 * lock as soon as the process closes any descriptor of the file (fcntl(2)), as reading the log
 * does, and because Windows keeps others from reading what is locked.
 */
final class LaneClaim implements AutoCloseable {

  /** Of the process, as the locks are: a claimed file must not be opened and closed once more. */
  private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private LaneClaim(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Claims {@code name} in a directory; none if this or another process has it. */
  static Optional<LaneClaim> tryTake(Path directory, String name) throws IOException {
    Path file = directory.toRealPath().resolve(name);
    if (!CLAIMED.add(file)) {
      return Optional.empty();
    }
    Optional<LaneClaim> claim = Optional.empty();
    try {
      claim = locked(file);
      return claim;
    } finally {
      if (claim.isEmpty()) {
        CLAIMED.remove(file);
      }
    }
  }

  private static Optional<LaneClaim> locked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            OwnerOnly.file());
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new LaneClaim(file, channel));
      }
    } catch (OverlappingFileLockException e) {
      // A second copy of this class, of another class loader, has it.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      CLAIMED.remove(file);
    }
  }
}
