package dev.enclave.testkit;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets that a test knows and nobody may see: finds them in any text, raw (ISO 8859-1), in
 * hexadecimal, Base64 and Base64url at every alignment, decimal and as lists of bytes, as a whole
 * and by halves. Of a text of characters, give its bytes. Not thread-safe.
 */
public final class Canary {

  /** What a leak is looked for by, and the same in words. */
  private final Map<String, String> needles = new LinkedHashMap<>();

  /** A canary that watches nothing yet. */
  public Canary() {}

  /**
   * Looks for a secret too: as a whole, and its halves if they have 12 bytes, in each form.
   *
   * @param name for the report
   */
  public void watch(String name, byte[] secret) {
    watchPiece(name, secret);
    int half = secret.length / 2;
    if (half >= 12) {
      watchPiece(name + " (first half)", Arrays.copyOf(secret, half));
      watchPiece(name + " (second half)", Arrays.copyOfRange(secret, half, secret.length));
    }
  }

  private void watchPiece(String name, byte[] secret) {
    forms(secret).forEach((form, text) -> needles.put(text, name + " as " + form));
    for (int shift = 1; shift < 3; shift++) {
      byte[] shifted = new byte[secret.length + shift + 3];
      System.arraycopy(secret, 0, shifted, shift, secret.length);
      // Characters that do not depend on what stands before and after the secret.
      int from = (shift * 8 + 5) / 6;
      int to = (shift + secret.length) * 8 / 6;
      String text = Base64.getEncoder().encodeToString(shifted).substring(from, to);
      needles.put(text, name + " as Base64 at " + shift);
      needles.put(text.replace('+', '-').replace('/', '_'), name + " as Base64url at " + shift);
    }
  }

  /** The forms in which a hostile backend or a careless line of code would write it, by name. */
  public static Map<String, String> forms(byte[] secret) {
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("raw", new String(secret, StandardCharsets.ISO_8859_1));
    forms.put("hex", HexFormat.of().formatHex(secret));
    forms.put("upper-case hex", HexFormat.of().withUpperCase().formatHex(secret));
    forms.put("hex pairs", HexFormat.ofDelimiter(":").formatHex(secret));
    forms.put("Base64", unpadded(Base64.getEncoder(), secret));
    forms.put("Base64url", unpadded(Base64.getUrlEncoder(), secret));
    forms.put("decimal", new BigInteger(1, secret).toString());
    forms.put("bytes", Arrays.toString(secret).replaceAll("[\\[\\]]", ""));
    return forms;
  }

  /**
   * The {@link #forms} that are told from plain words: without the raw one of a secret whose half
   * happens to be letters and ASCII alone, as one in a thousand secrets of 32 bytes.
   */
  public static Map<String, String> unreadableForms(byte[] secret) {
    Map<String, String> forms = forms(secret);
    String raw = forms.getOrDefault("raw", "");
    int half = raw.length() / 2;
    if (isReadable(raw.substring(0, half)) || isReadable(raw.substring(half))) {
      forms.remove("raw");
    }
    return forms;
  }

  private static boolean isReadable(String text) {
    return text.chars().allMatch(c -> (c >= ' ' && c <= '~') || Character.isLetterOrDigit(c));
  }

  /** Without the last character too, part of which belongs to what would follow. */
  private static String unpadded(Base64.Encoder encoder, byte[] secret) {
    String text = encoder.withoutPadding().encodeToString(secret);
    return secret.length % 3 == 0 ? text : text.substring(0, text.length() - 1);
  }

  /** Every secret in the text, in words. */
  public List<String> found(String text) {
    List<String> found = new ArrayList<>();
    needles.forEach(
        (needle, name) -> {
          if (text.contains(needle)) {
            found.add(name);
          }
        });
    return found;
  }
}
