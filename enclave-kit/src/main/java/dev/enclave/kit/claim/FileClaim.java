package dev.enclave.kit.claim;

import dev.enclave.spi.TimeSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive claim on a lock file, held against all threads, class loaders and processes of the
 * machine until it is closed or its process ends.
 *
 * <p>Two files are locked, one after the other. POSIX gives all locks of a process on a file up as
 * soon as the process closes any descriptor of that file (fcntl(2)), so nobody may open the lock
 * file of a claim that another copy of this class holds in the same JVM. The <em>gate</em> keeps
 * such copies apart: the platform remembers the locks that a JVM has, whichever class loader took
 * them, and refuses a second one on the same bytes of a file ({@link OverlappingFileLockException})
 * even after the process has lost the first. So the gate may be opened and closed at any time, and
 * only the holder of its byte opens the lock file, whose lock keeps other processes away.
 *
 * <p>Somebody else may delete the lock file, put another in its place, or open and close it in this
 * process. The holder notices by {@link #require}. Thread-safe.
 */
public final class FileClaim implements AutoCloseable {

  /** So large a lock file may look, without taking space: every claim makes it a byte longer. */
  private static final long LONGEST = 1 << 20;

  private static final int MOST_TRIES = 100;
  private static final Duration TIME_TO_NOTICE = Duration.ofMillis(100);

  /**
   * Files that this copy of the class has opened while another copy in the JVM had them locked: to
   * close one would free that lock. Each is used again for a later claim on it. Of the JVM, as
   * descriptors are; guards itself.
   */
  private static final Map<Object, Deque<RandomAccessFile>> LEFT_OPEN = new HashMap<>();

  private final Path path;
  private final Look taken;
  private final Locked gate;
  private final Locked file;
  private volatile boolean lost;

  private FileClaim(Path path, Look taken, Locked gate, Locked file) {
    this.path = path;
    this.taken = taken;
    this.gate = gate;
    this.file = file;
  }

  /**
   * An open file and the lock on it.
   *
   * @param lock goes when the file is closed
   */
  private record Locked(RandomAccessFile open, FileLock lock) {}

  /**
   * What a look at a path shows.
   *
   * @param identity what tells the file from one that takes its place; null where the platform
   *     knows no such thing
   * @param size which every claim changes
   */
  record Look(@Nullable Object identity, long size) {}

  /**
   * Claims a file, made (0600) if missing.
   *
   * @param gate a file beside it, made (0600) if missing, that anybody may open and close
   * @param slot the byte of the gate that belongs to this file alone
   * @return none when another thread, class loader or process has it
   */
  public static Optional<FileClaim> tryTake(Path gate, long slot, Path file) throws IOException {
    return throughGate(gate, slot, file, true);
  }

  /** As {@link #tryTake}, but leaves a file alone that is missing; see {@link #tryTakeOver}. */
  public static Optional<FileClaim> tryTakeExisting(Path gate, long slot, Path file)
      throws IOException {
    return throughGate(gate, slot, file, false);
  }

  /**
   * As {@link #tryTake}, of a file that was claimed before. If it is missing, somebody deleted it,
   * perhaps while its holder was about to change something: then the holder gets the time to finish
   * or to notice.
   *
   * @throws InterruptedException when the thread was interrupted while it waited
   */
  public static Optional<FileClaim> tryTakeOver(Path gate, long slot, Path file, TimeSource time)
      throws IOException, InterruptedException {
    Optional<FileClaim> claim = tryTakeExisting(gate, slot, file);
    if (claim.isPresent() || look(file).isPresent()) {
      return claim;
    }
    claim = tryTake(gate, slot, file);
    boolean settled = false;
    try {
      if (claim.isPresent()) {
        time.pause(TIME_TO_NOTICE);
        claim.get().require();
      }
      settled = true;
      return claim;
    } finally {
      if (!settled) {
        claim.get().close();
      }
    }
  }

  private static Optional<FileClaim> throughGate(Path gate, long slot, Path file, boolean make)
      throws IOException {
    makeIfMissing(gate);
    RandomAccessFile open = open(gate);
    Optional<FileClaim> claim = Optional.empty();
    try {
      FileLock lock = open.getChannel().tryLock(slot, 1, false);
      if (lock != null) {
        claim = behindGate(new Locked(open, lock), file, make);
      }
    } catch (OverlappingFileLockException e) {
      // Somebody in this JVM has it.
    } finally {
      if (claim.isEmpty()) {
        open.close();
      }
    }
    return claim;
  }

  private static Optional<FileClaim> behindGate(Locked gate, Path path, boolean make)
      throws IOException {
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<Look> there = look(path);
      if (there.isPresent()) {
        Optional<Locked> file = lock(path, there.get());
        if (file.isEmpty()) {
          return Optional.empty();
        }
        Optional<FileClaim> claim = marked(path, there.get(), gate, file.get());
        if (claim.isPresent()) {
          return claim;
        }
      } else if (make) {
        makeIfMissing(path);
      } else {
        return Optional.empty();
      }
    }
    throw new IOException(path.getFileName() + " is replaced again and again");
  }

  private static Optional<Locked> lock(Path path, Look there) throws IOException {
    Optional<RandomAccessFile> left = leftOpen(there);
    RandomAccessFile open = left.isPresent() ? left.get() : open(path);
    boolean keep = false;
    try {
      FileLock lock = open.getChannel().tryLock();
      keep = lock != null;
      return Optional.ofNullable(lock).map(held -> new Locked(open, held));
    } catch (OverlappingFileLockException e) {
      // By a claim from before the gate was deleted. To close the file would free it.
      keep = leaveOpen(there, open);
      return Optional.empty();
    } finally {
      if (!keep) {
        open.close();
      }
    }
  }

  /** The claim; none if another file took the place of the one that was to be locked. */
  private static Optional<FileClaim> marked(Path path, Look before, Locked gate, Locked file)
      throws IOException {
    Optional<FileClaim> claim = Optional.empty();
    try {
      if (look(path).equals(Optional.of(before))) {
        Look taken = mark(file.open(), before);
        claim = Optional.of(new FileClaim(path, taken, gate, file));
      }
      return claim;
    } finally {
      if (claim.isEmpty()) {
        file.open().close();
      }
    }
  }

  /** Whether {@link #require} has found it lost. */
  public boolean lost() {
    return lost;
  }

  /**
   * Returns if nobody can have claimed the file since this claim was taken.
   *
   * @throws IOException when somebody may have, now and from then on
   */
  public void require() throws IOException {
    boolean held = !lost && file.lock().isValid() && gate.lock().isValid();
    if (!held || !look(path).equals(Optional.of(taken))) {
      lost = true;
      throw new IOException(
          path.getFileName()
              + " was deleted, replaced or taken over while this process held it; delete no lock"
              + " files while a process runs");
    }
  }

  /** Gives the file up, once. If it was deleted it is made anew, now that nobody relies on it. */
  @Override
  public void close() throws IOException {
    if (!gate.lock().isValid()) {
      return;
    }
    try {
      makeIfMissing(path);
    } catch (IOException e) {
      // The directory is gone too, or cannot be written. Then the file is left alone.
      lost = true;
    } finally {
      // The gate last: whoever is through it may open the file.
      try {
        file.open().close();
      } finally {
        gate.open().close();
      }
    }
  }

  /** Looks without opening the file; none if there is none. */
  static Optional<Look> look(Path path) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (!found.isRegularFile()) {
      throw new IOException(path.getFileName() + " is no regular file");
    }
    return Optional.of(new Look(found.fileKey(), found.size()));
  }

  /**
   * Makes the file, for its owner alone; to be called where nobody in this JVM may have it open.
   *
   * @throws IOException also when something else is there, such as a symbolic link
   */
  static void makeIfMissing(Path path) throws IOException {
    if (look(path).isPresent()) {
      return;
    }
    try {
      Files.createFile(path, OwnerRights.file(path));
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
  }

  /**
   * Opens a file that is there. Not as a {@link java.nio.channels.FileChannel}, which an
   * interrupted thread closes when it writes, and its locks with it.
   */
  static RandomAccessFile open(Path path) throws IOException {
    try {
      return new RandomAccessFile(path.toFile(), "rw");
    } catch (FileNotFoundException e) {
      // The class stands for every failure to open.
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      throw e;
    }
  }

  /** Leaves a mark by which an earlier holder sees that the file was claimed again. */
  private static Look mark(RandomAccessFile file, Look before) throws IOException {
    long size = before.size() % LONGEST + 1;
    file.setLength(size);
    return new Look(before.identity(), size);
  }

  /** Returns whether it must stay open: where files have no identity, closing one frees no lock. */
  static boolean leaveOpen(Look look, RandomAccessFile file) {
    Object identity = look.identity();
    if (identity == null) {
      return false;
    }
    synchronized (LEFT_OPEN) {
      LEFT_OPEN.computeIfAbsent(identity, none -> new ArrayDeque<>()).add(file);
    }
    return true;
  }

  static Optional<RandomAccessFile> leftOpen(Look look) {
    Object identity = look.identity();
    if (identity == null) {
      return Optional.empty();
    }
    synchronized (LEFT_OPEN) {
      Deque<RandomAccessFile> files = LEFT_OPEN.getOrDefault(identity, new ArrayDeque<>());
      Optional<RandomAccessFile> taken = Optional.ofNullable(files.poll());
      if (files.isEmpty()) {
        LEFT_OPEN.remove(identity);
      }
      return taken;
    }
  }
}
