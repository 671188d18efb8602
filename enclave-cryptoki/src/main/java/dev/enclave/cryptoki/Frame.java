package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The native memory of one call. All of it is cleared when the call has ended. */
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

  Memory ulong(long value) {
    return copy(layout.number(value, layout.ulong()));
  }

  Memory copy(byte[] bytes) {
    Memory block = allocate(bytes.length);
    block.write(0, bytes, 0, bytes.length);
    return block;
  }

  /** Copies the bytes, and returns their address. */
  long place(byte[] bytes) {
    return Pointer.nativeValue(copy(bytes));
  }

  /**
   * What a function takes for these: bytes and their length, the structures of a template and their
   * number, the structure of a mechanism; and a Long as a CK_ULONG.
   */
  @Nullable Object[] arguments(@Nullable Object... values) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof byte[] bytes) {
        all.add(copy(bytes));
        all.add(ulongArgument(bytes.length));
      } else if (value instanceof Template template) {
        all.add(copy(template.structures(layout, this::place)));
        all.add(ulongArgument(template.size()));
      } else if (value instanceof Mechanism mechanism) {
        all.add(copy(mechanism.structure(layout, this::place)));
      } else {
        all.add(value instanceof Long number ? ulongArgument(number) : value);
      }
    }
    return all.toArray();
  }

  private Object ulongArgument(long value) {
    return layout.ulong() == Long.BYTES ? (Object) value : (Object) (int) value;
  }

  @Override
  public void close() {
    for (Memory block : blocks) {
      block.clear();
      block.close();
    }
  }
}
