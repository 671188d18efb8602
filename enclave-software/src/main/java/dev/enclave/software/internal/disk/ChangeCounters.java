package dev.enclave.software.internal.disk;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Counters in memory that all processes of the machine share, by which a reader learns without
 * touching the disk that nothing was written since it last read.
 *
 * <p>A writer makes its counter odd before it changes anything and even when all is durable; one
 * that dies in between leaves it odd. Who cannot use the file, or finds it odd, reads the disk.
 * Each counter is written by the holder of one lock only. Thread-safe.
 */
public final class ChangeCounters {

  /** How many there are; the first belongs to the store, which needs none. */
  public static final int COUNT = 4096;

  /** Odd, as if a change were under way: nothing is known. */
  public static final long UNKNOWN = -1;

  private static final int SIZE = COUNT * Long.BYTES;

  /** More changes than a file will ever count, so that no two files show the same number. */
  private static final long PER_FILE = 1L << 48;

  private static final VarHandle COUNTERS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** A mapped file; {@code offset} is added to what it counts. */
  private record Mapping(ByteBuffer memory, long offset) {}

  private volatile @Nullable Mapping mapping;
  private long nextOffset; // Guarded by this.

  static boolean isWhole(FileChannel file) throws IOException {
    return file.size() >= SIZE;
  }

  /** Fills up the file, under the store's lock. */
  public static void make(FileChannel file) throws IOException {
    // Written, not just made longer: memory without a disk behind it fails at its first use.
    long size = file.size();
    if (size < SIZE) {
      file.write(ByteBuffer.allocate((int) (SIZE - size)), size);
    }
  }

  /** Maps the file into memory, in place of another; the caller may close the channel. */
  synchronized void open(FileChannel file) throws IOException {
    // Unmapped with this object: the platform has no other way.
    mapping = new Mapping(file.map(FileChannel.MapMode.READ_WRITE, 0, SIZE), nextOffset);
    nextOffset += PER_FILE;
  }

  boolean isOpen() {
    return mapping != null;
  }

  /** The counter; {@link #UNKNOWN} where there is none. */
  long get(int counter) {
    Mapping shared = mapping;
    if (shared == null) {
      return UNKNOWN;
    }
    try {
      return (long) COUNTERS.getVolatile(shared.memory(), counter * Long.BYTES) + shared.offset();
    } catch (InternalError e) {
      abandon();
      return UNKNOWN;
    }
  }

  public static boolean isQuiet(long count) {
    return (count & 1) == 0;
  }

  /** Changes a counter in memory, under its lock. Returns what it was; none where it is not had. */
  OptionalLong update(int counter, LongUnaryOperator change) {
    Mapping shared = mapping;
    if (shared == null) {
      return OptionalLong.empty();
    }
    try {
      long before = (long) COUNTERS.getVolatile(shared.memory(), counter * Long.BYTES);
      COUNTERS.setVolatile(shared.memory(), counter * Long.BYTES, change.applyAsLong(before));
      return OptionalLong.of(before);
    } catch (InternalError e) {
      abandon();
      return OptionalLong.empty();
    }
  }

  /** As {@link #update}, by reading and writing the file, which those who map it see at once. */
  static OptionalLong updateFile(FileChannel file, int counter, LongUnaryOperator change)
      throws IOException {
    if (!isWhole(file)) {
      return OptionalLong.empty();
    }
    long position = (long) counter * Long.BYTES;
    ByteBuffer value = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    if (file.read(value, position) != Long.BYTES) {
      return OptionalLong.empty();
    }
    long before = value.getLong(0);
    value.putLong(0, change.applyAsLong(before)).flip();
    file.write(value, position);
    return OptionalLong.of(before);
  }

  /** Somebody cut the file short: the platform raises an error at, or after, every use of it. */
  void abandon() {
    mapping = null;
  }
}
