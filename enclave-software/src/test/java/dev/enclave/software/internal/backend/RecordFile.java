package dev.enclave.software.internal.backend;

import dev.enclave.Bytes;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The file of a key, by what lies where in it: revision, head, and sections, of which the first is
 * the manifest.
 *
 * @param kek the id of the master key it is sealed under
 * @param sections where each section begins, with its label, and the end of the last
 */
record RecordFile(Bytes all, String kek, List<Integer> sections) {

  private static final int REVISION = 16;
  private static final int MAGIC = 8;
  private static final int COMMITMENT = 32;
  private static final int NONCE = 12;

  static RecordFile of(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    ByteArrayInputStream rest = new ByteArrayInputStream(content);
    try (DataInputStream in = new DataInputStream(rest)) {
      in.readNBytes(REVISION + MAGIC);
      for (int i = 0; i < 4; i++) {
        in.readUTF();
      }
      String kek = in.readUTF();
      in.readNBytes(in.readUnsignedShort() + COMMITMENT);
      int count = in.readUnsignedShort();
      List<Integer> sections = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sections.add(content.length - rest.available());
        in.readUTF();
        in.readNBytes(in.readInt() + NONCE);
      }
      sections.add(content.length - rest.available());
      return new RecordFile(Bytes.of(content), kek, sections);
    }
  }

  byte[] content() {
    return all.toByteArray();
  }

  /** How many versions have a private half. */
  int privateKeys() {
    return sections.size() - 2;
  }

  /** A section with its label. */
  byte[] section(int index) {
    return Arrays.copyOfRange(content(), sections.get(index), sections.get(index + 1));
  }

  /** Changes the last byte of a section in a file. */
  static void damage(Path file, int index) throws IOException {
    RecordFile record = of(file);
    byte[] changed = record.content();
    changed[record.sections().get(index + 1) - 1] ^= 1;
    Files.write(file, changed);
  }
}
