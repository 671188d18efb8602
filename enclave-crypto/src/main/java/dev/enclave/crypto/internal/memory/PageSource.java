package dev.enclave.crypto.internal.memory;

import dev.enclave.crypto.internal.texts.Texts;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Gives pages of memory outside the Java heap. They are kept as long as the process lives. */
interface PageSource {

  /**
   * Pages, and what they lack.
   *
   * @param memory zeros, of the size asked for
   * @param shortcoming why they may be swapped out or end in a core dump; empty when they do not
   */
  record Pages(ByteBuffer memory, Optional<String> shortcoming) {}

  Pages obtain(int size);

  /** Locked pages by JNA where that works, else the JDK's direct buffers. */
  static PageSource best() {
    try {
      return LockedPages.load();
    } catch (NoClassDefFoundError missing) {
      return new DirectPages(Texts.NO_JNA.with());
    } catch (RuntimeException | LinkageError refused) {
      return new DirectPages(Texts.JNA_DOES_NOT_WORK.with(FailureReason.of(refused)));
    }
  }

  /** Memory that the JDK gives without native code of others. */
  record DirectPages(String shortcoming) implements PageSource {

    @Override
    public Pages obtain(int size) {
      return new Pages(ByteBuffer.allocateDirect(size), Optional.of(shortcoming));
    }
  }
}
