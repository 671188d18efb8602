package dev.enclave.kit.claim;

import java.io.RandomAccessFile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Files that this copy of the class has opened while another copy in the JVM had them locked: to
 * close one would free that lock. Each is used again for a later claim on it.
 */
final class LeftOpen {

  // Of the JVM, as descriptors are. Guards itself.
  private static final Map<Object, Deque<RandomAccessFile>> FILES = new HashMap<>();

  private LeftOpen() {}

  /** Returns whether it must stay open: where files have no identity, closing one frees no lock. */
  static boolean add(LockFile.Look look, RandomAccessFile file) {
    Object identity = look.identity();
    if (identity == null) {
      return false;
    }
    synchronized (FILES) {
      FILES.computeIfAbsent(identity, none -> new ArrayDeque<>()).add(file);
    }
    return true;
  }

  static Optional<RandomAccessFile> take(LockFile.Look look) {
    Object identity = look.identity();
    if (identity == null) {
      return Optional.empty();
    }
    synchronized (FILES) {
      Deque<RandomAccessFile> files = FILES.getOrDefault(identity, new ArrayDeque<>());
      Optional<RandomAccessFile> taken = Optional.ofNullable(files.poll());
      if (files.isEmpty()) {
        FILES.remove(identity);
      }
      return taken;
    }
  }
}
