package dev.enclave.auditlog.checkpoint;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.crypto.Hashing;
import dev.enclave.error.UsageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A public key with the name it signs under. As text {@code name+id+key}: the id in eight
 * hexadecimal digits, the key in base64 behind one byte that tells its type.
 *
 * @param name neither empty nor with spaces, {@code +} or control characters
 * @param key ED25519 (type 1) or ECDSA_P256_SHA256 (type 2)
 */
public record VerifierKey(String name, PublicKeyInfo key) {

  private static final byte ED25519 = 1;
  private static final byte ECDSA = 2;

  /** SubjectPublicKeyInfo of Ed25519 before its 32 bytes (RFC 8410 section 4). */
  private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int ED25519_LENGTH = 32;

  public VerifierKey {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a key name");
    }
    if (key.algorithm() != SigningAlgorithm.ED25519
        && key.algorithm() != SigningAlgorithm.ECDSA_P256_SHA256) {
      throw new IllegalArgumentException("notes have no signatures of " + key.algorithm());
    }
  }

  static boolean isName(String text) {
    return !text.isEmpty()
        && text.codePoints()
            .noneMatch(
                c ->
                    c == '+'
                        || Character.isISOControl(c)
                        || Character.isWhitespace(c)
                        || Character.isSpaceChar(c));
  }

  /**
   * Reads the text form, one line with or without LF.
   *
   * @throws MalformedNoteException when it is another thing, or the id is not the key's
   */
  public static VerifierKey parse(String text) throws MalformedNoteException {
    String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    String[] parts = line.split("\\+", 3);
    if (parts.length != 3 || !isName(parts[0])) {
      throw new MalformedNoteException(Texts.NO_VERIFIER_KEY.with());
    }
    VerifierKey key = decode(parts[0], base64(parts[2]));
    if (!key.text().equals(line)) {
      throw new MalformedNoteException(Texts.WRONG_ID.with());
    }
    return key;
  }

  private static VerifierKey decode(String name, byte[] typed) throws MalformedNoteException {
    try {
      byte[] key = Arrays.copyOfRange(typed, Math.min(1, typed.length), typed.length);
      if (typed.length == 1 + ED25519_LENGTH && typed[0] == ED25519) {
        return new VerifierKey(
            name, PublicKeyInfo.fromSpki(joined(ED25519_SPKI, key), SigningAlgorithm.ED25519));
      }
      if (typed.length > 1 && typed[0] == ECDSA) {
        return new VerifierKey(
            name, PublicKeyInfo.fromSpki(key, SigningAlgorithm.ECDSA_P256_SHA256));
      }
    } catch (UsageException e) {
      throw new MalformedNoteException(Texts.NO_VALID_PUBLIC_KEY.with());
    }
    throw new MalformedNoteException(Texts.UNKNOWN_TYPE.with());
  }

  static byte[] base64(String text) throws MalformedNoteException {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Told below, as is a text with stray bits.
    }
    throw new MalformedNoteException(Texts.NOT_BASE.with());
  }

  /** The text form, without LF. */
  public String text() {
    return name
        + "+"
        + HexFormat.of().formatHex(id())
        + "+"
        + Base64.getEncoder().encodeToString(typed());
  }

  private boolean ed25519() {
    return key.algorithm() == SigningAlgorithm.ED25519;
  }

  private byte[] typed() {
    return ed25519()
        ? joined(new byte[] {ED25519}, raw())
        : joined(new byte[] {ECDSA}, key.spki().toByteArray());
  }

  private byte[] raw() {
    byte[] spki = key.spki().toByteArray();
    return Arrays.copyOfRange(spki, spki.length - ED25519_LENGTH, spki.length);
  }

  /** The four bytes before every signature of this key. */
  byte[] id() {
    byte[] hashed =
        ed25519()
            ? joined((name + "\n").getBytes(StandardCharsets.UTF_8), typed())
            : key.spki().toByteArray();
    Bytes digest = Hashing.digest(DigestAlgorithm.SHA_256, Message.of(hashed)).value();
    return Arrays.copyOf(digest.toByteArray(), 4);
  }

  int idNumber() {
    return ByteBuffer.wrap(id()).getInt();
  }

  /** Whether {@code signature} is this key's over {@code text}. */
  boolean verify(byte[] text, byte[] signature) {
    return SignatureVerifier.of(key)
        .verify(Message.of(text), signature, key.algorithm().defaultEncoding());
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
