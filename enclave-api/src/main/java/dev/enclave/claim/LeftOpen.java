package dev.enclave.claim;

import java.io.RandomAccessFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Files that this copy of the class has opened while another copy in the JVM had them locked: to
 * close one would free that lock. Each is used again for the next claim on it.
 */
final class LeftOpen {

  // Of the JVM, as descriptors are. Guards itself.
  private static final Map<Object, RandomAccessFile> FILES = new HashMap<>();

  private LeftOpen() {}

  /** Returns whether it must stay open: where files have no identity, closing one frees no lock. */
  static boolean add(LockFile.Look look, RandomAccessFile file) {
    Object identity = look.identity();
    if (identity == null) {
      return false;
    }
    synchronized (FILES) {
      FILES.put(identity, file);
    }
    return true;
  }

  static Optional<RandomAccessFile> take(LockFile.Look look) {
    Object identity = look.identity();
    if (identity == null) {
      return Optional.empty();
    }
    synchronized (FILES) {
      return Optional.ofNullable(FILES.remove(identity));
    }
  }
}
