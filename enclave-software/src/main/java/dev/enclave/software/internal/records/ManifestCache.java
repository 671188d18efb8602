package dev.enclave.software.internal.records;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.ChangeCounters;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The manifests read last. One is used again as long as its key's counter shows that nothing was
 * written since, and for two seconds at most: so that a file changed past Enclave is noticed too.
 * Thread-safe.
 */
final class ManifestCache {

  private static final long LONGEST_UNREAD = Duration.ofSeconds(2).toNanos();

  private final StoreLock locks;
  private final TimeSource time;
  private final ConcurrentMap<KeyName, Entry> entries = new ConcurrentHashMap<>();

  ManifestCache(StoreLock locks, TimeSource time) {
    this.locks = locks;
    this.time = time;
  }

  /**
   * A manifest that was read.
   *
   * @param file the sealed file
   * @param manifest what it holds
   * @param changes what the key's counter showed before it was read
   * @param readAt when, by {@link TimeSource#nanoTime()}
   */
  private record Entry(Bytes file, Manifest manifest, long changes, long readAt) {}

  /** The manifest, if it need not be read again. */
  @Nullable Manifest fresh(KeyName name) {
    Entry entry = entries.get(name);
    return entry != null
            && ChangeCounters.isQuiet(entry.changes())
            && entry.changes() == locks.changes(name)
            && time.nanoTime() - entry.readAt() < LONGEST_UNREAD
        ? entry.manifest()
        : null;
  }

  /** What the file of these bytes holds, if it was read last. */
  Optional<Manifest> holding(KeyName name, Bytes file) {
    return Optional.ofNullable(entries.get(name))
        .filter(e -> e.file().equals(file))
        .map(Entry::manifest);
  }

  /**
   * Takes what was just read.
   *
   * @return the later state of the key that this process has seen, if it has
   */
  Optional<Manifest> put(Bytes file, Manifest manifest, long changes) {
    Entry entry = new Entry(file, manifest, changes, time.nanoTime());
    Entry kept = entries.merge(manifest.name(), entry, ManifestCache::later);
    return precedes(manifest, kept.manifest()) ? Optional.of(kept.manifest()) : Optional.empty();
  }

  /** Remembers what was just written, to be read before it is used. */
  void wrote(Manifest manifest) {
    put(Bytes.empty(), manifest, ChangeCounters.UNKNOWN);
  }

  private static Entry later(Entry before, Entry now) {
    return precedes(now.manifest(), before.manifest()) ? before : now;
  }

  /** Whether a manifest is of an earlier state than one seen, or of another with its number. */
  static boolean precedes(Manifest found, Manifest seen) {
    return found.createOperation().equals(seen.createOperation())
        && (found.revision() < seen.revision()
            || (found.revision() == seen.revision() && !found.equals(seen)));
  }

  /** A file holds an earlier state than this process has seen. */
  static BackendFailure putBack(Manifest found, Manifest seen, Path path) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            "File "
                + path
                + " was put back to an earlier state: it is at revision "
                + found.revision()
                + " and this process has seen revision "
                + seen.revision()
                + ". Put the latest file back. If there is none and the earlier state is wanted, restart"
                + " this process, and look at the key's versions first.")
        .naming(path.toString());
  }

  void clear() {
    entries.clear();
  }
}
