package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.kit.kek.Wrapped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a record.
 *
 * <p>The head: seven bytes {@code ENCLREC} and the format's version 1; store id, key name,
 * algorithm and stamp; the id of the key-encryption key and the wrapped data key; 32 bytes that
 * commit to the data key. Then the number of sections, and each of them: its label, its length, a
 * nonce of 12 bytes, and the ciphertext (AES-256-GCM, NIST SP 800-38D). Texts are in modified UTF-8
 * after their length in two bytes ({@link DataOutputStream#writeUTF}), lengths are big-endian.
 *
 * <p>A section's associated data is the whole head and the section's label.
 */
final class RecordFormat {

  static final int COMMITMENT = 32;
  static final int NONCE = 12;

  private static final byte[] MAGIC = "ENCLREC\u0001".getBytes(StandardCharsets.ISO_8859_1);

  private RecordFormat() {}

  /** What names a record: the beginning of its head. */
  static Bytes identity(RecordHead head) {
    return written(out -> writeIdentity(out, head));
  }

  private static void writeIdentity(DataOutputStream out, RecordHead head) throws IOException {
    out.write(MAGIC);
    out.writeUTF(head.storeId());
    out.writeUTF(head.key());
    out.writeUTF(head.algorithm());
    out.writeUTF(head.stamp());
  }

  static Bytes head(RecordHead head, Wrapped dataKey, Bytes commitment) {
    return written(
        out -> {
          writeIdentity(out, head);
          out.writeUTF(dataKey.kek());
          out.writeShort(dataKey.wrapped().size());
          out.write(dataKey.wrapped().toByteArray());
          out.write(commitment.toByteArray());
        });
  }

  static Bytes associatedData(Bytes head, String label) {
    return written(
        out -> {
          out.write(head.toByteArray());
          out.writeUTF(label);
        });
  }

  static Bytes whole(Bytes head, List<Section> sections) {
    return written(
        out -> {
          out.write(head.toByteArray());
          out.writeShort(sections.size());
          for (Section section : sections) {
            out.writeUTF(section.label());
            out.writeInt(section.ciphertext().size());
            out.write(section.nonce().toByteArray());
            out.write(section.ciphertext().toByteArray());
          }
        });
  }

  /**
   * Takes a record apart.
   *
   * @throws IOException when it is none of this format, or not whole
   */
  static SealedRecord parse(Bytes record) throws IOException {
    byte[] all = record.toByteArray();
    ByteArrayInputStream rest = new ByteArrayInputStream(all);
    try (DataInputStream in = new DataInputStream(rest)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new IOException("no record of this format");
      }
      RecordHead head = new RecordHead(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
      Wrapped dataKey = Wrapped.of(in.readUTF(), bytes(in, rest, in.readUnsignedShort()));
      Bytes commitment = bytes(in, rest, COMMITMENT);
      Bytes headBytes = Bytes.of(Arrays.copyOf(all, all.length - rest.available()));
      int count = in.readUnsignedShort();
      List<Section> sections = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String label = in.readUTF();
        int length = in.readInt();
        sections.add(new Section(label, bytes(in, rest, NONCE), bytes(in, rest, length)));
      }
      if (rest.available() > 0) {
        throw new IOException("something follows the last section");
      }
      return new SealedRecord(head, dataKey, commitment, headBytes, sections);
    }
  }

  private static Bytes bytes(DataInputStream in, ByteArrayInputStream rest, int length)
      throws IOException {
    if (length < 0 || length > rest.available()) {
      throw new IOException("the record ends too early");
    }
    return Bytes.of(in.readNBytes(length));
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static Bytes written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new IllegalStateException("a text of a record is longer than its format allows");
    }
    return Bytes.of(bytes.toByteArray());
  }
}
