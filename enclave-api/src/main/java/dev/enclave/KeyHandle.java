package dev.enclave;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The identity of a key, to be stored in the application's database; it holds no key material.
 *
 * <p>Text form, as {@link #toString()} writes and {@link #parse} reads it:
 *
 * <pre>{@code enclave:v1:<backend>:<authority, percent-encoded>:<name>:<fingerprint or ->}</pre>
 *
 * @param backend where the key lives
 * @param authority which account and region, vault, key ring or directory of that backend; 1 to 512
 *     characters, none of them a control character
 * @param name the key's name there
 * @param fingerprint of the public key of the first version; none for a symmetric key
 */
public record KeyHandle(
    BackendId backend, String authority, KeyName name, Optional<Fingerprint> fingerprint) {

  private static final String PREFIX = "enclave:v1:";
  private static final int LONGEST_AUTHORITY = 512;
  private static final int LONGEST_TEXT = 8192;

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_HANDLE}) when the authority is empty, too long
   *     or holds a control character
   */
  public KeyHandle {
    if (authority.isEmpty()
        || authority.length() > LONGEST_AUTHORITY
        || !StandardCharsets.UTF_8.newEncoder().canEncode(authority)
        || authority.chars().anyMatch(Character::isISOControl)) {
      throw invalid(Texts.AUTHORITY_WRONG.with(), authority);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_HANDLE}) when {@code text} is not a handle
   */
  public static KeyHandle parse(String text) {
    if (!text.startsWith(PREFIX) || text.length() > LONGEST_TEXT) {
      throw invalid(Texts.OTHER_PREFIX.with(PREFIX), text);
    }
    String[] parts = text.substring(PREFIX.length()).split(":", -1);
    if (parts.length != 4) {
      throw invalid(Texts.HANDLE_PARTS.with(PREFIX), text);
    }
    KeyHandle handle;
    try {
      handle =
          new KeyHandle(
              new BackendId(parts[0]),
              URLDecoder.decode(parts[1], StandardCharsets.UTF_8),
              new KeyName(parts[2]),
              parts[3].equals("-")
                  ? Optional.empty()
                  : Optional.of(new Fingerprint(Bytes.ofHex(parts[3]))));
    } catch (IllegalArgumentException e) {
      throw invalid(Texts.AUTHORITY_NOT_ENCODED.with(), text);
    } catch (UsageException e) {
      throw invalid(String.valueOf(e.getMessage()), text);
    }
    if (!handle.toString().equals(text)) {
      throw invalid(Texts.HANDLE_NOT_CANONICAL.with(handle), text);
    }
    return handle;
  }

  private static EnclaveException invalid(String why, String text) {
    return Texts.NOT_A_HANDLE.as(ErrorCode.INVALID_HANDLE, Quoted.of(text), why);
  }

  /** The text form. */
  @Override
  public String toString() {
    return PREFIX
        + backend
        + ":"
        + URLEncoder.encode(authority, StandardCharsets.UTF_8).replace("+", "%20")
        + ":"
        + name
        + ":"
        + fingerprint.map(Fingerprint::toString).orElse("-");
  }
}
