package dev.enclave;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Data encrypted under a fresh data-encryption key (DEK) that a key-encryption key (KEK) wraps.
 * Safe to store anywhere; opened by {@link Enclave#unseal}. Immutable.
 *
 * <p>Binary form, all lengths as 4-byte big-endian integers before the field: the 4 bytes {@code
 * ESB1}, KEK handle (UTF-8), KEK version (UTF-8), wrapped DEK, nonce (12 bytes), commitment (32
 * bytes), ciphertext with tag (AES-256-GCM, NIST SP 800-38D). Authenticated are everything before
 * the ciphertext, whom the box is sealed for (a 4-byte length and {@code callers}, or a name of the
 * engine's own), and the caller's associated data.
 *
 * @param kek the wrapping key
 * @param version its version
 * @param wrappedKey the DEK as the KEK wrapped it
 * @param nonce 12 bytes
 * @param commitment 32 bytes that commit to the DEK, so that one box never opens under two keys
 * @param ciphertext with the 16-byte tag at its end
 */
public record SealedBytes(
    KeyHandle kek,
    KeyVersionId version,
    Bytes wrappedKey,
    Bytes nonce,
    Bytes commitment,
    Bytes ciphertext) {

  private static final byte[] MAGIC = "ESB1".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_TEXT = 8192;
  private static final int LONGEST_WRAPPED = 8192;

  /**
   * @throws UsageException ({@link ErrorCode#NOT_SEALED_BYTES}) when a field has an impossible
   *     length
   */
  public SealedBytes {
    if (nonce.size() != 12
        || commitment.size() != 32
        || ciphertext.size() < 16
        || wrappedKey.size() == 0
        || wrappedKey.size() > LONGEST_WRAPPED) {
      throw notSealed(Texts.FIELD_LENGTH_IMPOSSIBLE.with());
    }
  }

  /**
   * Reads the binary form.
   *
   * @throws UsageException ({@link ErrorCode#NOT_SEALED_BYTES}) when {@code bytes} is anything else
   */
  public static SealedBytes parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte[] magic = new byte[MAGIC.length];
      in.get(magic);
      if (!java.util.Arrays.equals(magic, MAGIC)) {
        throw notSealed(Texts.OTHER_MAGIC.with());
      }
      KeyHandle kek = KeyHandle.parse(text(field(in, LONGEST_TEXT)));
      KeyVersionId version = new KeyVersionId(text(field(in, LONGEST_TEXT)));
      SealedBytes box =
          new SealedBytes(
              kek,
              version,
              Bytes.of(field(in, LONGEST_WRAPPED)),
              Bytes.of(field(in, 12)),
              Bytes.of(field(in, 32)),
              Bytes.of(field(in, Integer.MAX_VALUE)));
      if (in.hasRemaining()) {
        throw notSealed(Texts.BYTES_FOLLOW.with(in.remaining()));
      }
      return box;
    } catch (BufferUnderflowException e) {
      throw notSealed(Texts.ENDS_TOO_EARLY.with());
    } catch (UsageException e) {
      throw e.code() == ErrorCode.NOT_SEALED_BYTES ? e : notSealed(Texts.KEK_UNREADABLE.with());
    }
  }

  /** The binary form. */
  public byte[] toByteArray() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header().toByteArray());
    write(out, ciphertext.toByteArray());
    return out.toByteArray();
  }

  /** The binary form up to the ciphertext: what the ciphertext's tag authenticates. */
  public Bytes header() {
    return headerOf(kek, version, wrappedKey, nonce, commitment);
  }

  /** The header a box of these parts has. */
  public static Bytes headerOf(
      KeyHandle kek, KeyVersionId version, Bytes wrappedKey, Bytes nonce, Bytes commitment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    write(out, kek.toString().getBytes(StandardCharsets.UTF_8));
    write(out, version.value().getBytes(StandardCharsets.UTF_8));
    write(out, wrappedKey.toByteArray());
    write(out, nonce.toByteArray());
    write(out, commitment.toByteArray());
    return Bytes.of(out.toByteArray());
  }

  private static void write(ByteArrayOutputStream out, byte[] field) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
    out.writeBytes(field);
  }

  private static byte[] field(ByteBuffer in, int longest) {
    int length = in.getInt();
    if (length < 0 || length > longest || length > in.remaining()) {
      throw notSealed(Texts.FIELD_LENGTH_IMPOSSIBLE.with());
    }
    byte[] field = new byte[length];
    in.get(field);
    return field;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static EnclaveException notSealed(String why) {
    return Texts.NOT_A_SEALED_BOX.as(ErrorCode.NOT_SEALED_BYTES, why);
  }
}
