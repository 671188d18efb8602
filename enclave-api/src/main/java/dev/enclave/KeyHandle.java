package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
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
      throw invalid("its authority must be 1 to 512 printable characters", authority);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_HANDLE}) when {@code text} is not a handle
   */
  public static KeyHandle parse(String text) {
    if (!text.startsWith(PREFIX) || text.length() > LONGEST_TEXT) {
      throw invalid("it must start with " + PREFIX, text);
    }
    String[] parts = text.substring(PREFIX.length()).split(":", -1);
    if (parts.length != 4) {
      throw invalid("it must have four parts after " + PREFIX, text);
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
      throw invalid("its authority is not percent-encoded", text);
    } catch (UsageException e) {
      throw invalid(e.getMessage(), text);
    }
    if (!handle.toString().equals(text)) {
      throw invalid("it is not in canonical form: expected " + handle, text);
    }
    return handle;
  }

  private static UsageException invalid(String why, String text) {
    return new UsageException(
        ErrorCode.INVALID_HANDLE,
        "Not a key handle: "
            + Quoted.of(text)
            + " ("
            + why
            + "). Pass the text that SigningKey.handle().toString() gave.");
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
