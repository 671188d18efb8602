package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A record taken apart; nothing in it is to be trusted before a section was opened.
 *
 * <p>Its bytes. The head: seven bytes {@code ENCLREC} and the format's version 1; store id, key
 * name, algorithm and stamp; the id of the key-encryption key and the wrapped data key; 32 bytes
 * that commit to the data key. Then the number of sections, and each of them: its label, its
 * length, a nonce of 12 bytes, and the ciphertext (AES-256-GCM, NIST SP 800-38D). Texts are in
 * modified UTF-8 after their length in two bytes ({@link DataOutputStream#writeUTF}), lengths are
 * big-endian. A section's associated data is the whole head and the section's label.
 *
 * @param dataKey the key that all sections are sealed under, wrapped
 * @param headBytes the whole head, which is authenticated with every section; commits to that key
 * @param sections in their order
 */
record SealedRecord(Head head, Wrapped dataKey, Bytes headBytes, List<Section> sections) {

  /** The label of the section that says all that is known of the key but its private halves. */
  static final String MANIFEST = "manifest";

  static final int NONCE = 12;

  private static final int COMMITMENT = 32;
  private static final byte[] MAGIC = "ENCLREC\u0001".getBytes(StandardCharsets.ISO_8859_1);

  SealedRecord {
    sections = List.copyOf(sections);
  }

  /**
   * Which key of which store a record is of: in the clear, and authenticated with everything in it.
   *
   * @param algorithm the key's scheme, by name
   * @param stamp the environment type bound to the key, by name
   */
  record Head(String storeId, String key, String algorithm, String stamp) {

    /** What is authenticated with the data key of the record when it is wrapped. */
    Bytes associatedData() {
      return written(this::write);
    }

    private void write(DataOutputStream out) throws IOException {
      out.write(MAGIC);
      out.writeUTF(storeId);
      out.writeUTF(key);
      out.writeUTF(algorithm);
      out.writeUTF(stamp);
    }

    /** The whole head. */
    Bytes bytes(Wrapped dataKey, Bytes commitment) {
      return written(
          out -> {
            write(out);
            out.writeUTF(dataKey.kek());
            out.writeShort(dataKey.wrapped().size());
            out.write(dataKey.wrapped().toByteArray());
            out.write(commitment.toByteArray());
          });
    }
  }

  /**
   * A sealed part of a record.
   *
   * @param label what it holds; once in a record
   * @param nonce 12 bytes
   * @param ciphertext with its tag of 16 bytes
   */
  record Section(String label, Bytes nonce, Bytes ciphertext) {

    static Bytes associatedData(Bytes headBytes, String label) {
      return written(
          out -> {
            out.write(headBytes.toByteArray());
            out.writeUTF(label);
          });
    }
  }

  /** The section of this label, if it is there. */
  Optional<Section> section(String label) {
    return sections.stream().filter(section -> section.label().equals(label)).findFirst();
  }

  List<String> labels() {
    return sections.stream().map(Section::label).toList();
  }

  SealedRecord with(List<Section> all) {
    return new SealedRecord(head, dataKey, headBytes, all);
  }

  Bytes bytes() {
    return written(
        out -> {
          out.write(headBytes.toByteArray());
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
      Head head = new Head(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
      Wrapped dataKey = new Wrapped(in.readUTF(), bytes(in, in.readUnsignedShort()));
      in.skipNBytes(COMMITMENT);
      Bytes headBytes = Bytes.of(Arrays.copyOf(all, all.length - rest.available()));
      int count = in.readUnsignedShort();
      List<Section> sections = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String label = in.readUTF();
        int length = in.readInt();
        sections.add(new Section(label, bytes(in, NONCE), bytes(in, length)));
      }
      if (rest.available() > 0) {
        throw new IOException("something follows the last section");
      }
      return new SealedRecord(head, dataKey, headBytes, sections);
    }
  }

  private static Bytes bytes(DataInputStream in, int length) throws IOException {
    if (length < 0 || length > in.available()) {
      throw new IOException("the record ends too early");
    }
    return Bytes.of(in.readNBytes(length));
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static Bytes written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("a text of a record is longer than its format allows");
    }
    return Bytes.of(bytes.toByteArray());
  }
}
