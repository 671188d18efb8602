package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Native memory for calls. All of it is cleared at the end. */
final class Frame implements AutoCloseable {

  private final List<Memory> blocks = new ArrayList<>();

  /** Zeros. Some modules refuse a null pointer for what is empty, so there is always a byte. */
  Memory allocate(long length) {
    Memory block = new Memory(Math.max(1, length));
    block.clear();
    blocks.add(block);
    return block;
  }

  Memory copy(byte[] bytes) {
    Memory block = allocate(bytes.length);
    block.write(0, bytes, 0, bytes.length);
    return block;
  }

  Memory ulong(long value) {
    return copy(Layout.HERE.encoded(value));
  }

  long address(byte[] bytes) {
    return Pointer.nativeValue(copy(bytes));
  }

  /** The number at an address. */
  static long read(Pointer ulong) {
    return Layout.HERE.number(ulong.getByteArray(0, Layout.HERE.ulong()));
  }

  /** The numbers at an address, as many as a number at another one. */
  static List<Long> read(Pointer ulongs, Pointer count) {
    List<Long> all = new ArrayList<>();
    for (long i = 0; i < read(count); i++) {
      all.add(read(ulongs.share(i * Layout.HERE.ulong())));
    }
    return all;
  }

  /** Arguments: a pointer and a length for bytes or attributes, what is in it for an array. */
  List<@Nullable Object> arguments(@Nullable Object... values) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof Object[] more) {
        all.addAll(arguments(more));
      } else if (value instanceof byte[] bytes) {
        all.addAll(arguments(copy(bytes), (long) bytes.length));
      } else if (value instanceof Attributes some) {
        all.addAll(arguments(copy(some.structures(Layout.HERE, this::address)), some.size()));
      } else if (value instanceof Mechanism mechanism) {
        all.add(copy(mechanism.structure(Layout.HERE, this::address)));
      } else if (value instanceof Long number && Layout.HERE.ulong() == Integer.BYTES) {
        all.add(number.intValue());
      } else {
        all.add(value);
      }
    }
    return all;
  }

  @Override
  public void close() {
    blocks.forEach(Memory::clear);
    blocks.forEach(Memory::close);
  }
}
