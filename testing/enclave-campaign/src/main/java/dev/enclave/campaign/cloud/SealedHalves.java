package dev.enclave.campaign.cloud;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The private halves that a sealed record has: each has a section of its own, with the name that
 * the version has, in the clear.
 */
public final class SealedHalves {

  private static final int MAGIC = 8;
  private static final int COMMITMENT = 32;
  private static final int NONCE = 12;

  private SealedHalves() {}

  /** Their names. */
  public static Set<String> of(byte[] record) {
    Set<String> halves = new TreeSet<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
      in.skipNBytes(MAGIC);
      for (String part : new String[] {"store", "name", "algorithm", "stamp", "kek"}) {
        Objects.requireNonNull(in.readUTF(), part);
      }
      in.skipNBytes(in.readUnsignedShort());
      in.skipNBytes(COMMITMENT);
      for (int sections = in.readUnsignedShort(); sections > 0; sections--) {
        String label = in.readUTF();
        int length = in.readInt();
        in.skipNBytes(NONCE + (long) length);
        if (!label.equals("manifest")) {
          halves.add(label);
        }
      }
      return halves;
    } catch (IOException e) {
      throw new AssertionError("what is sealed is no record: " + e.getMessage(), e);
    }
  }
}
