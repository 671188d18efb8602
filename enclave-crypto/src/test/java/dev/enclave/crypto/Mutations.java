package dev.enclave.crypto;

import java.util.Arrays;
import java.util.Random;

/** Makes hostile input from good input: a few bytes changed, cut off, doubled or added. */
final class Mutations {

  private Mutations() {}

  static byte[] of(byte[] good, long seed) {
    Random random = new Random(seed);
    byte[] bytes = good.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    // Structure sits at the start: half of the changes go there.
    int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(40, bytes.length));
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> bytes[at]++;
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 4 -> {
        return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(4));
      }
      default -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
        return longer;
      }
    }
    return bytes;
  }
}
