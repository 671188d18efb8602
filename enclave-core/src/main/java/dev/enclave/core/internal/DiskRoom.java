package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether there is room where Enclave writes. Quotas and the number of files are not measured. */
final class DiskRoom {

  /** Less than a start, a key and a few records need. */
  private static final long NONE = 64 << 10;

  /** About 50,000 records. */
  private static final long LITTLE = 64 << 20;

  private DiskRoom() {}

  /** What is wrong with the file systems of the audit log, the queue and the keys, each once. */
  static List<Finding> findings(StartUpContext context, Optional<BackendId> chosen) {
    Configuration configuration = context.configuration();
    Map<FileStore, List<Path>> stores = new LinkedHashMap<>();
    if (context.auditSink().isEmpty() && !AuditLocation.isStandardOutput(context)) {
      AuditLocation.of(context).ifPresent(log -> add(stores, log));
    }
    configuration.find(Settings.JOBS_DIRECTORY).ifPresent(queue -> add(stores, queue));
    chosen
        .flatMap(id -> configuration.get(Settings.PREFIX + id + ".directory"))
        .ifPresent(keys -> add(stores, keys));
    List<Finding> findings = new ArrayList<>();
    stores.forEach(
        (store, places) -> {
          try {
            if (store.getTotalSpace() > 0) {
              finding(places, store.getUsableSpace()).ifPresent(findings::add);
            }
          } catch (IOException e) {
            // Not known; whoever writes there tells what is wrong.
          }
        });
    return findings;
  }

  /** What is wrong with so many bytes, if anything. */
  static Optional<Finding> finding(List<Path> places, long usable) {
    if (usable >= LITTLE) {
      return Optional.empty();
    }
    long kib = usable >> 10;
    String written = String.join(", ", places.stream().map(Path::toString).toList());
    return Optional.of(
        usable < NONE
            ? Texts.NO_ROOM.error(ErrorCode.DISK_FULL, kib, written)
            : Texts.LITTLE_ROOM.warning(ErrorCode.DISK_FULL, kib, written, LITTLE >> 20));
  }

  private static void add(Map<FileStore, List<Path>> stores, String directory) {
    try {
      add(stores, Path.of(directory));
    } catch (InvalidPathException e) {
      // Whoever reads the setting refuses it.
    }
  }

  private static void add(Map<FileStore, List<Path>> stores, Path directory) {
    Path there = existing(directory.toAbsolutePath());
    if (there != null) {
      try {
        stores.computeIfAbsent(Files.getFileStore(there), any -> new ArrayList<>()).add(directory);
      } catch (IOException e) {
        // Not known; whoever writes there tells what is wrong.
      }
    }
  }

  private static @Nullable Path existing(Path directory) {
    Path there = directory;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there;
  }
}
