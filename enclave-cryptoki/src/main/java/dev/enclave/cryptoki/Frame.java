package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Native memory for calls. All of it is cleared at the end. */
final class Frame implements AutoCloseable {

  private final Layout layout;
  private final List<Memory> blocks = new ArrayList<>();

  Frame(Layout layout) {
    this.layout = layout;
  }

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
    return copy(layout.number(value, layout.ulong()));
  }

  long address(byte[] bytes) {
    return Pointer.nativeValue(copy(bytes));
  }

  /**
   * What a function takes for these: a Long is a CK_ULONG; bytes are their address and length, a
   * template its structures' and their number, a mechanism its structure's; an array stands for
   * each of its values.
   */
  List<@Nullable Object> arguments(@Nullable Object... values) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof Object[] more) {
        all.addAll(arguments(more));
      } else if (value instanceof byte[] bytes) {
        all.addAll(arguments(copy(bytes), (long) bytes.length));
      } else if (value instanceof Template template) {
        all.addAll(arguments(copy(template.structures(layout, this::address)), template.size()));
      } else if (value instanceof Mechanism mechanism) {
        all.add(copy(mechanism.structure(layout, this::address)));
      } else if (value instanceof Long number && layout.ulong() == Integer.BYTES) {
        all.add(number.intValue());
      } else {
        all.add(value);
      }
    }
    return all;
  }

  void clear() {
    blocks.forEach(Memory::clear);
  }

  @Override
  public void close() {
    clear();
    blocks.forEach(Memory::close);
  }
}
