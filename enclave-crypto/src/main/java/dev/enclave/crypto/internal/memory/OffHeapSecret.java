package dev.enclave.crypto.internal.memory;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A secret in {@link SecretMemory}, opened for each use into an array that the user overwrites.
 * Overwritten on close, or when forgotten, by the garbage collector. Thread-safe, but for {@link
 * #close()} during a use.
 */
public final class OffHeapSecret implements AutoCloseable {

  private final SecretMemory.Place place;
  private final Cleaner.Cleanable cleanable;

  OffHeapSecret(SecretMemory.Place place, Cleaner cleaner) {
    this.place = place;
    this.cleanable = cleaner.register(this, place);
  }

  /** Puts {@code content} away, which is overwritten. */
  public static OffHeapSecret of(byte[] content) {
    return SecretMemory.present().hide(content);
  }

  /** A use of an opened secret. */
  public interface Use<T, E extends Exception> {
    T with(byte[] opened) throws E;
  }

  /** Opens the secret for {@code use} and overwrites the copy. */
  public <T, E extends Exception> T use(Use<T, E> use) throws E {
    byte[] opened = open();
    try {
      return use.with(opened);
    } finally {
      Arrays.fill(opened, (byte) 0);
    }
  }

  /** A copy, which the caller overwrites. */
  public byte[] open() {
    try {
      return place.read();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "OffHeapSecret[***]";
  }
}
