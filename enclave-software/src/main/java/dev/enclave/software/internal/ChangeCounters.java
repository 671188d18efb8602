package dev.enclave.software.internal;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Counters in memory that all processes of the machine share, by which a reader learns without
 * touching the disk that nothing was written since it last read.
 *
 * <p>A writer makes its counter odd before it changes anything and even when all is durable; one
 * that dies in between leaves it odd. Who cannot use the file, or finds it odd, reads the disk.
 * Each counter is written by the holder of one lock only. Thread-safe.
 */
final class ChangeCounters {

  /** How many there are; the first belongs to the store, which needs none. */
  static final int COUNT = 4096;

  /** Odd, as if a change were under way: nothing is known. */
  static final long UNKNOWN = -1;

  private static final int SIZE = COUNT * Long.BYTES;
  private static final VarHandle COUNTERS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private volatile @Nullable ByteBuffer memory;

  static boolean isWhole(FileChannel file) throws IOException {
    return file.size() >= SIZE;
  }

  /** Fills up the file, under the store's lock. */
  static void make(FileChannel file) throws IOException {
    // Written, not just made longer: memory without a disk behind it fails at its first use.
    long size = file.size();
    if (size < SIZE) {
      file.write(ByteBuffer.allocate((int) (SIZE - size)), size);
    }
  }

  /** Maps the file into memory; the caller may close the channel. */
  void open(FileChannel file) throws IOException {
    // Unmapped with this object: the platform has no other way.
    memory = file.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
  }

  boolean isOpen() {
    return memory != null;
  }

  /** The counter; {@link #UNKNOWN} where there is none. */
  long get(int counter) {
    ByteBuffer shared = memory;
    if (shared == null) {
      return UNKNOWN;
    }
    try {
      return (long) COUNTERS.getVolatile(shared, counter * Long.BYTES);
    } catch (InternalError e) {
      abandon();
      return UNKNOWN;
    }
  }

  static boolean isQuiet(long count) {
    return (count & 1) == 0;
  }

  /** Says that a change begins, under the counter's lock. */
  void begin(int counter) {
    long count = get(counter);
    set(counter, isQuiet(count) ? count + 1 : count + 2);
  }

  /** Says that the change has ended, under the same lock. */
  void end(int counter) {
    set(counter, get(counter) + 1);
  }

  private void set(int counter, long count) {
    ByteBuffer shared = memory;
    if (shared == null) {
      return;
    }
    try {
      COUNTERS.setVolatile(shared, counter * Long.BYTES, count);
    } catch (InternalError e) {
      abandon();
    }
  }

  /** Somebody cut the file short: the platform raises an error at, or after, every use of it. */
  void abandon() {
    memory = null;
  }
}
