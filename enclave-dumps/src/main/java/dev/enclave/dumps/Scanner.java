package dev.enclave.dumps;

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
final class Scanner {

  private static final int CHUNK = 1 << 22;

  private record Pattern(String name, ByteBuffer bytes) {}

  private final BitSet beginnings = new BitSet(1 << 16);
  private final Map<Integer, List<Pattern>> patterns = new HashMap<>();
  private int longest;

  Scanner(Map<String, byte[]> named) {
    named.forEach(this::add);
  }

  private void add(String name, byte[] bytes) {
    int beginning = beginning(bytes, 0);
    beginnings.set(beginning);
    patterns
        .computeIfAbsent(beginning, b -> new ArrayList<>())
        .add(new Pattern(name, ByteBuffer.wrap(bytes)));
    longest = Math.max(longest, bytes.length);
  }

  private static int beginning(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  /** How often each pattern that occurs does. */
  Map<String, Integer> scan(Path file) throws IOException {
    Map<String, Integer> hits = new TreeMap<>();
    byte[] window = new byte[CHUNK + longest];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      while (true) {
        int read = in.readNBytes(window, kept, CHUNK);
        int end = kept + read;
        // What begins in the last stretch is looked at again together with what follows.
        int until = read < CHUNK ? end - 1 : end - longest;
        for (int at = 0; at < until; at++) {
          int beginning = beginning(window, at);
          if (beginnings.get(beginning)) {
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
