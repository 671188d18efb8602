package dev.enclave.processes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds many byte patterns in one pass over a file. */
public final class Scanner {

  private static final int CHUNK = 1 << 22;

  /** How many bits of a number that begins a pattern are looked at first. */
  private static final int SIFTED = 16;

  private record Pattern(String name, ByteBuffer bytes) {}

  private final BitSet beginnings = new BitSet(1 << SIFTED);
  private final Map<Integer, List<Pattern>> patterns = new HashMap<>();
  private int longest;

  /**
   * @param named the patterns by their names, each of 4 bytes or more
   */
  public Scanner(Map<String, byte[]> named) {
    named.forEach(this::add);
  }

  private void add(String name, byte[] bytes) {
    if (bytes.length < Integer.BYTES) {
      throw new IllegalArgumentException(name + " is shorter than " + Integer.BYTES + " bytes");
    }
    int beginning = ByteBuffer.wrap(bytes).getInt();
    beginnings.set(sifted(beginning));
    patterns
        .computeIfAbsent(beginning, b -> new ArrayList<>())
        .add(new Pattern(name, ByteBuffer.wrap(bytes)));
    longest = Math.max(longest, bytes.length);
  }

  private static int sifted(int beginning) {
    return beginning >>> (Integer.SIZE - SIFTED);
  }

  /** How often each pattern that occurs does. */
  public Map<String, Integer> scan(Path file) throws IOException {
    Map<String, Integer> hits = new TreeMap<>();
    byte[] window = new byte[CHUNK + longest];
    byte[] zeros = new byte[window.length];
    int kept = 0;
    boolean skipsZeros = !patterns.containsKey(0);
    try (InputStream in = Files.newInputStream(file)) {
      while (true) {
        int read = in.readNBytes(window, kept, CHUNK);
        int end = kept + read;
        // What begins in the last stretch is looked at again together with what follows.
        int until = read < CHUNK ? end - Integer.BYTES + 1 : end - longest;
        int beginning = ByteBuffer.wrap(window).getInt() >>> Byte.SIZE;
        for (int at = 0; at < until; at++) {
          beginning = (beginning << Byte.SIZE) | (window[at + Integer.BYTES - 1] & 0xff);
          if (beginning == 0 && skipsZeros) {
            // Most of a core dump.
            at = endOfZeros(window, at, end, zeros) - Integer.BYTES;
          } else if (beginnings.get(sifted(beginning))) {
            count(window, at, end, patterns.getOrDefault(beginning, List.of()), hits);
          }
        }
        if (read < CHUNK) {
          return hits;
        }
        kept = longest;
        System.arraycopy(window, end - longest, window, 0, longest);
      }
    }
  }

  private static int endOfZeros(byte[] window, int from, int end, byte[] zeros) {
    int length = Arrays.mismatch(window, from, end, zeros, 0, end - from);
    return length < 0 ? end : from + length;
  }

  private static void count(
      byte[] window, int at, int end, List<Pattern> candidates, Map<String, Integer> hits) {
    for (Pattern pattern : candidates) {
      byte[] bytes = pattern.bytes().array();
      if (at + bytes.length <= end
          && Arrays.equals(window, at, at + bytes.length, bytes, 0, bytes.length)) {
        hits.merge(pattern.name(), 1, Integer::sum);
      }
    }
  }
}
