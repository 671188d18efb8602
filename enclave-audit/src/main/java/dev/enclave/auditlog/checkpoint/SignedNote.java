package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures: the text, an empty line, and a line for each signature.
 *
 * @param text ends with LF
 * @param signatures as they stand, none of them checked
 */
public record SignedNote(String text, List<Signature> signatures) {

  /** What a signature line begins with. */
  public static final String DASH = "\u2014 ";

  private static final int MOST_SIGNATURES = 100;

  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /**
   * One line.
   *
   * @param name of the key
   * @param id of the key
   * @param encoded the id and the signature in base64
   */
  public record Signature(String name, int id, String encoded) {

    private static Signature parse(String line) throws MalformedNoteException {
      String[] parts = line.split(" ", -1);
      if (parts.length != 3 || !line.startsWith(DASH) || !VerifierKey.isName(parts[1])) {
        throw new MalformedNoteException(Texts.SIGNATURE_MALFORMED.with());
      }
      byte[] bytes = VerifierKey.base64(parts[2]);
      if (bytes.length < 5) {
        throw new MalformedNoteException(Texts.SIGNATURE_TOO_SHORT.with());
      }
      return new Signature(parts[1], ByteBuffer.wrap(bytes).getInt(), parts[2]);
    }

    private byte[] value() {
      byte[] bytes = Base64.getDecoder().decode(encoded);
      return java.util.Arrays.copyOfRange(bytes, 4, bytes.length);
    }
  }

  /** A text that nobody has signed yet. */
  public static SignedNote unsigned(String text) {
    return new SignedNote(text, List.of());
  }

  /**
   * The note with one more signature, the last.
   *
   * @param key whose signature it is
   * @param signature in the key's default encoding
   * @throws MalformedNoteException when the signature is not the key's over the text
   */
  public SignedNote signedBy(VerifierKey key, byte[] signature) throws MalformedNoteException {
    if (!key.verify(text.getBytes(StandardCharsets.UTF_8), signature)) {
      throw new MalformedNoteException(Texts.SIGNATURE_INVALID.with(key.text()));
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(key.id());
    line.writeBytes(signature);
    List<Signature> more = new ArrayList<>(signatures);
    more.add(
        new Signature(
            key.name(), key.idNumber(), Base64.getEncoder().encodeToString(line.toByteArray())));
    return new SignedNote(text, more);
  }

  /**
   * Reads a note of UTF-8.
   *
   * @throws MalformedNoteException when it is none
   */
  public static SignedNote parse(byte[] bytes) throws MalformedNoteException {
    String note = utf8(bytes);
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new MalformedNoteException(Texts.CONTROL_CHARACTERS.with());
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || blank + 2 == note.length() || !note.endsWith("\n")) {
      throw new MalformedNoteException(Texts.NO_NOTE.with());
    }
    List<Signature> signatures = new ArrayList<>();
    for (String line : note.substring(blank + 2, note.length() - 1).split("\n", -1)) {
      signatures.add(Signature.parse(line));
    }
    if (signatures.size() > MOST_SIGNATURES) {
      throw new MalformedNoteException(Texts.TOO_MANY_SIGNATURES.with(MOST_SIGNATURES));
    }
    return new SignedNote(note.substring(0, blank + 1), signatures);
  }

  private static String utf8(byte[] bytes) throws MalformedNoteException {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return decoded.toString();
    } catch (CharacterCodingException e) {
      throw new MalformedNoteException(Texts.NOT_UTF.with());
    }
  }

  /** The note as it is written. */
  public byte[] encoded() {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (Signature signature : signatures) {
      note.append(DASH).append(signature.name()).append(' ').append(signature.encoded());
      note.append('\n');
    }
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks that {@code key} has signed; signatures of other keys count for nothing.
   *
   * @throws MalformedNoteException when it has not
   */
  public void require(VerifierKey key) throws MalformedNoteException {
    boolean found = false;
    for (Signature signature : signatures) {
      if (signature.name().equals(key.name()) && signature.id() == key.idNumber()) {
        if (!key.verify(text.getBytes(StandardCharsets.UTF_8), signature.value())) {
          throw new MalformedNoteException(Texts.SIGNATURE_INVALID.with(key.text()));
        }
        found = true;
      }
    }
    if (!found) {
      throw new MalformedNoteException(Texts.NOT_SIGNED_BY.with(key.text()));
    }
  }
}
