package dev.enclave.processes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The forms in which a secret may lie in memory. A larger encoding around it, such as PKCS#8, holds
 * one of them: raw as raw, in Base64 at one of the three alignments.
 */
public final class Patterns {

  private final Map<String, byte[]> forms = new LinkedHashMap<>();

  Map<String, byte[]> forms() {
    return forms;
  }

  /** The forms of {@code secret}, which is a number or a string of octets. */
  public Patterns add(String name, byte[] secret) {
    BiConsumer<String, byte[]> add = (form, bytes) -> forms.put(name + " " + form, bytes);
    add.accept("raw", secret);
    add.accept("reversed", inGroups(secret, secret.length));
    // Numbers and key schedules in int and long arrays, as the one or the other kind of dump has
    // them.
    byte[] words = Arrays.copyOfRange(secret, secret.length % 8, secret.length);
    add.accept("in ints", inGroups(words, 4));
    add.accept("in longs", inGroups(words, 8));
    if (secret.length >= 32) {
      add.accept("first half", Arrays.copyOf(secret, secret.length / 2));
      add.accept("second half", Arrays.copyOfRange(secret, secret.length / 2, secret.length));
    }
    String hex = HexFormat.of().formatHex(secret);
    add.accept("hex", ascii(hex));
    add.accept("HEX", ascii(hex.toUpperCase(Locale.ROOT)));
    for (int before = 0; before < 3; before++) {
      add.accept("Base64 +" + before, base64(Base64.getEncoder(), secret, before));
      add.accept("Base64url +" + before, base64(Base64.getUrlEncoder(), secret, before));
    }
    return this;
  }

  /**
   * What Ed25519 computes from a seed (RFC 8032 §5.1.5): the scalar, clamped or not, the prefix.
   */
  public Patterns addExpanded(byte[] seed) {
    byte[] hash = sha512(seed);
    byte[] clamped = Arrays.copyOf(hash, 32);
    clamped[0] &= (byte) 0xf8;
    clamped[31] = (byte) ((clamped[31] & 0x7f) | 0x40);
    add("SHA-512(seed) scalar", Arrays.copyOf(hash, 32));
    add("clamped scalar", clamped);
    return add("SHA-512(seed) prefix", Arrays.copyOfRange(hash, 32, 64));
  }

  private static byte[] sha512(byte[] seed) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(seed);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] inGroups(byte[] bytes, int size) {
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = bytes[i / size * size + size - 1 - i % size];
    }
    return result;
  }

  /** The characters that depend on the secret alone when {@code before} octets precede it. */
  private static byte[] base64(Base64.Encoder encoder, byte[] secret, int before) {
    byte[] shifted = new byte[before + secret.length];
    System.arraycopy(secret, 0, shifted, before, secret.length);
    String text = encoder.withoutPadding().encodeToString(shifted);
    int from = before == 0 ? 0 : before + 1;
    return ascii(text.substring(from, shifted.length * 8 / 6));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
