package dev.enclave.os.internal.macos;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * What is used of CoreFoundation. {@code CFIndex} is a long on every Mac that has a JDK 17. Names
 * with Create and Copy hand out a reference that the caller releases.
 */
interface CoreFoundation extends Library {

  int UTF_8 = 0x08000100;

  @Nullable Pointer CFStringCreateWithBytes(
      @Nullable Pointer allocator, byte[] bytes, long length, int encoding, byte external);

  /** Does not copy: {@code bytes} must stay until the data is released. */
  @Nullable Pointer CFDataCreateWithBytesNoCopy(
      @Nullable Pointer allocator, Pointer bytes, long length, Pointer deallocator);

  long CFDataGetLength(Pointer data);

  /** Belongs to the data. */
  Pointer CFDataGetBytePtr(Pointer data);

  /** Retains keys and values by the callbacks. */
  @Nullable Pointer CFDictionaryCreate(
      @Nullable Pointer allocator,
      Pointer[] keys,
      Pointer[] values,
      long count,
      Pointer keyCallBacks,
      Pointer valueCallBacks);

  void CFRelease(Pointer reference);
}
