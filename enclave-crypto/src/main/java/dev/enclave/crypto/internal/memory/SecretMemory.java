package dev.enclave.crypto.internal.memory;

import dev.enclave.crypto.internal.texts.Texts;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Where secrets lie between their uses: outside the Java heap, so that no heap dump has them, and
 * where the system allows it locked and kept out of core dumps. Many secrets share a page, since
 * the limit of locked memory counts pages. Thread-safe.
 */
public final class SecretMemory {

  /** Small enough for the 64 KiB that some systems allow to be locked. */
  private static final int REGION = 1 << 14;

  private static final int UNIT = 64;

  /** Maps nothing before the first secret. */
  private static final class Holder {
    private static final SecretMemory PRESENT = new SecretMemory(PageSource.best());
  }

  private final PageSource source;
  private final Cleaner cleaner = Cleaner.create();
  // Never given back to the system: a buffer whose pages are gone would end the process.
  private final List<Region> regions = new ArrayList<>();

  SecretMemory(PageSource source) {
    this.source = source;
  }

  public static SecretMemory present() {
    return Holder.PRESENT;
  }

  /** Pages, and which units of them are taken. */
  private record Region(PageSource.Pages pages, BitSet taken) {

    /** The first of {@code wanted} free units in a row; -1 when there are none. */
    int find(int wanted) {
      int units = pages.memory().capacity() / UNIT;
      int from = taken.nextClearBit(0);
      while (from + wanted <= units) {
        int next = taken.nextSetBit(from);
        if (next < 0 || next - from >= wanted) {
          return from;
        }
        from = taken.nextClearBit(next);
      }
      return -1;
    }
  }

  /** Puts {@code content} away, which is overwritten. */
  OffHeapSecret hide(byte[] content) {
    try {
      Place place = take(content.length);
      place.write(content);
      return new OffHeapSecret(place, cleaner);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private synchronized Place take(int length) {
    int units = Math.max(1, (length + UNIT - 1) / UNIT);
    for (Region region : regions) {
      int found = region.find(units);
      if (found >= 0) {
        return place(region, found, units, length);
      }
    }
    return place(grow(units * UNIT), 0, units, length);
  }

  private Region grow(int least) {
    int size = (Math.max(least, 1) + REGION - 1) / REGION * REGION;
    Region region = new Region(source.obtain(size), new BitSet());
    regions.add(region);
    return region;
  }

  private Place place(Region region, int first, int units, int length) {
    region.taken().set(first, first + units);
    return new Place(this, region, first, units, length);
  }

  private synchronized void free(Region region, int first, int units) {
    region.taken().clear(first, first + units);
  }

  /** What this memory is called in a diagnosis. */
  public synchronized String describe() {
    if (regions.isEmpty()) {
      grow(REGION);
    }
    return regions.stream()
        .map(region -> region.pages().shortcoming())
        .flatMap(Optional::stream)
        .findFirst()
        .map(why -> Texts.MEMORY_NOT_LOCKED.with(why))
        .orElse(Texts.MEMORY_LOCKED.with());
  }

  /** A stretch of a region. Running it overwrites and frees it, once. */
  static final class Place implements Runnable {

    private final SecretMemory owner;
    private final Region region;
    private final int first;
    private final int units;
    private final int length;
    private volatile boolean freed;

    private Place(SecretMemory owner, Region region, int first, int units, int length) {
      this.owner = owner;
      this.region = region;
      this.first = first;
      this.units = units;
      this.length = length;
    }

    private ByteBuffer memory() {
      return region.pages().memory();
    }

    private void write(byte[] content) {
      memory().put(first * UNIT, content);
    }

    byte[] read() {
      if (freed) {
        throw new IllegalStateException("the secret has been destroyed");
      }
      byte[] copy = new byte[length];
      memory().get(first * UNIT, copy);
      return copy;
    }

    @Override
    public void run() {
      freed = true;
      memory().put(first * UNIT, new byte[units * UNIT]);
      owner.free(region, first, units);
    }
  }
}
