package dev.enclave.crypto.internal.memory;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.enclave.crypto.internal.texts.Texts;
import java.util.Optional;

/**
 * Pages that the kernel neither swaps out (mlock) nor writes into core dumps (madvise with
 * MADV_DONTDUMP, which Linux alone has), by JNA. What is refused is said, and the pages are given
 * all the same.
 */
final class LockedPages implements PageSource {

  // POSIX leaves the values to the system; these are those of Linux and macOS on every processor
  // that our engines exist for.
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS_LINUX = 0x20;
  private static final int MAP_ANONYMOUS_MACOS = 0x1000;
  private static final int MADV_DONTDUMP = 16;
  private static final long MAP_FAILED = -1;

  private final Function mmap;
  private final Function mlock;
  private final Function madvise;
  private final boolean linux;

  private LockedPages(NativeLibrary library, boolean linux) {
    this.mmap = library.getFunction("mmap");
    this.mlock = library.getFunction("mlock");
    this.madvise = library.getFunction("madvise");
    this.linux = linux;
  }

  /** A {@link LinkageError} without JNA or without its native library. */
  static LockedPages load() {
    if (!Platform.isLinux() && !Platform.isMac()) {
      throw new UnsupportedOperationException("there is no mlock");
    }
    return new LockedPages(NativeLibrary.getInstance(Platform.C_LIBRARY_NAME), Platform.isLinux());
  }

  @Override
  public Pages obtain(int size) {
    NativeLong length = new NativeLong(size);
    int anonymous = linux ? MAP_ANONYMOUS_LINUX : MAP_ANONYMOUS_MACOS;
    Pointer pages =
        mmap.invokePointer(
            new Object[] {
              Pointer.NULL, length, PROT_READ_WRITE, MAP_PRIVATE | anonymous, -1, new NativeLong(0)
            });
    if (Pointer.nativeValue(pages) == MAP_FAILED) {
      return new DirectPages(Texts.MMAP_REFUSED.with(Native.getLastError())).obtain(size);
    }
    return new Pages(pages.getByteBuffer(0, size), protect(pages, length));
  }

  private Optional<String> protect(Pointer pages, NativeLong length) {
    if (linux && madvise.invokeInt(new Object[] {pages, length, MADV_DONTDUMP}) != 0) {
      return Optional.of(Texts.MADVISE_REFUSED.with(Native.getLastError()));
    }
    if (mlock.invokeInt(new Object[] {pages, length}) != 0) {
      return Optional.of(Texts.MLOCK_REFUSED.with(Native.getLastError()));
    }
    return linux ? Optional.empty() : Optional.of(Texts.CORE_DUMPS_NOT_KEPT_OUT.with());
  }
}
