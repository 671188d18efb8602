package dev.enclave.software.internal.disk;

import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file of the {@link ChangeCounters}: mapped into memory where that can be done, and again when
 * another has taken its place. A writer that cannot map it writes its counter into the file, so
 * that those who can see its changes. Thread-safe.
 */
public final class CounterFile {

  private final SecureFiles files;
  private final Path path;
  private final ChangeCounters counters = new ChangeCounters();

  // The file mapped last, or that could not be mapped: nobody tries twice.
  private volatile @Nullable Object known;

  public CounterFile(SecureFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** What fills up a file that is not whole, under the store's lock. */
  public interface Maker {
    void make(FileChannel file) throws BackendFailure;
  }

  /**
   * Maps the file, made when missing, if that can be done.
   *
   * @throws BackendFailure REFUSED when it is not this user's alone
   */
  public void open(Maker maker) throws BackendFailure {
    try (FileChannel shared = files.openShared(path)) {
      if (!ChangeCounters.isWhole(shared)) {
        maker.make(shared);
      }
      if (ChangeCounters.isWhole(shared)) {
        counters.open(shared);
      }
    } catch (UnsafeFileException e) {
      throw DiskFailures.writing(path, e);
    } catch (IOException e) {
      counters.abandon(); // A disk that is read-only, or has no memory to share.
    }
    known = identity().orElse(null);
  }

  private Optional<Object> identity() {
    try {
      return files.identity(path);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Maps the file that has taken the place of the mapped one, if one has. */
  public void follow() {
    // While there is none, those that have the old one in memory go on seeing each other.
    Optional<Object> there = identity();
    if (there.isPresent() && !there.get().equals(known)) {
      follow(there.get());
    }
  }

  private synchronized void follow(Object there) {
    if (there.equals(known)) {
      return;
    }
    try (FileChannel shared = files.openShared(path)) {
      if (!ChangeCounters.isWhole(shared)) {
        return; // Whoever made it is filling it up.
      }
      counters.open(shared);
    } catch (IOException e) {
      counters.abandon();
    }
    known = there;
  }

  public boolean isMapped() {
    return counters.isOpen();
  }

  public void abandon() {
    counters.abandon();
  }

  /** What the counter shows; {@link ChangeCounters#UNKNOWN} when it is not in memory. */
  public long get(int counter) {
    return counters.get(counter);
  }

  /**
   * Says that a change begins, under the counter's lock. Returns whether an earlier one, of this
   * key or another with the same counter, was cut short.
   */
  public boolean begin(int counter) {
    follow();
    OptionalLong before = update(counter, count -> count | 1);
    return before.isPresent() && !ChangeCounters.isQuiet(before.getAsLong());
  }

  /**
   * Says that the change has ended, under the same lock.
   *
   * @param settled whether nothing is left that was cut short; else the counter stays odd
   */
  public void end(int counter, boolean settled) {
    update(counter, count -> settled ? (count | 1) + 1 : count | 1);
  }

  private OptionalLong update(int counter, LongUnaryOperator change) {
    OptionalLong before = counters.update(counter, change);
    return before.isPresent() ? before : updateFile(counter, change);
  }

  private OptionalLong updateFile(int counter, LongUnaryOperator change) {
    if (!files.exists(path)) {
      return OptionalLong.empty();
    }
    try (FileChannel shared = files.openShared(path)) {
      return ChangeCounters.updateFile(shared, counter, change);
    } catch (IOException e) {
      return OptionalLong.empty(); // Others notice the change within two seconds.
    }
  }
}
