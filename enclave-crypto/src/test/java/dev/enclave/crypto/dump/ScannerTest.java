package dev.enclave.crypto.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Scanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What finds secrets in dumps finds what a search byte by byte does. */
class ScannerTest {

  /** It reads so much at a time. */
  private static final int CHUNK = 1 << 22;

  private final Random random = new Random(5);

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 57, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 4321})
  void findsEachPattern_amongZerosAndAcrossItsReads(int size, @TempDir Path folder)
      throws IOException {
    for (boolean zeros : new boolean[] {false, true}) {
      Map<String, byte[]> patterns = patterns(zeros);
      byte[] dump = dump(size, List.copyOf(patterns.values()));
      Path file = Files.write(folder.resolve("dump"), dump);
      Map<String, Integer> expected = new TreeMap<>();
      patterns.forEach(
          (name, pattern) -> {
            int count = count(dump, pattern);
            if (count > 0) {
              expected.put(name, count);
            }
          });
      assertThat(expected.isEmpty()).isEqualTo(size < CHUNK - 1);
      assertThat(new Scanner(patterns).scan(file)).isEqualTo(expected);
    }
  }

  /**
   * Patterns with zeros in them.
   *
   * @param first whether one begins with as many as are skipped otherwise
   */
  private Map<String, byte[]> patterns(boolean first) {
    Map<String, byte[]> patterns = new LinkedHashMap<>();
    for (int zeros = 0; zeros <= (first ? 6 : 3); zeros++) {
      byte[] pattern = new byte[60 + zeros];
      random.nextBytes(pattern);
      Arrays.fill(pattern, 0, zeros, (byte) 0);
      Arrays.fill(pattern, pattern.length - zeros, pattern.length, (byte) 0);
      patterns.put(zeros + " zeros", pattern);
    }
    return patterns;
  }

  /** Zeros, some numbers, and patterns, most of them where one read ends and the next begins. */
  private byte[] dump(int size, List<byte[]> patterns) {
    byte[] dump = new byte[size];
    for (int i = 0; i < size / 50; i++) {
      dump[random.nextInt(size)] = (byte) random.nextInt();
    }
    for (int i = 0; i < 300; i++) {
      byte[] pattern = patterns.get(i % patterns.size());
      int last = size - pattern.length;
      if (last >= 0) {
        int at = i % 3 == 0 ? random.nextInt(last + 1) : CHUNK - random.nextInt(200);
        System.arraycopy(pattern, 0, dump, Math.min(at, last), pattern.length);
      }
    }
    return dump;
  }

  private static int count(byte[] dump, byte[] pattern) {
    int count = 0;
    for (int at = 0; at + pattern.length <= dump.length; at++) {
      if (dump[at] == pattern[0]
          && Arrays.equals(dump, at, at + pattern.length, pattern, 0, pattern.length)) {
        count++;
      }
    }
    return count;
  }
}
