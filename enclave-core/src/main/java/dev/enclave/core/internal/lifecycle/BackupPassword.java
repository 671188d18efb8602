package dev.enclave.core.internal.lifecycle;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What a backup's password may be, and its bytes. */
final class BackupPassword {

  /** Who has the file can guess as long as he likes; nothing locks him out after ten attempts. */
  private static final int SHORTEST = 12;

  /** In characters; in UTF-8 no more than the 1023 bytes that OpenSSL reads from a file. */
  private static final int LONGEST = 256;

  /** Of one char in UTF-8; two that make one character take four together. */
  private static final int MOST_BYTES = 3;

  private BackupPassword() {}

  /** The password for a backup that is to be made; the caller closes it. */
  static SecretBytes toProtect(char[] password) {
    if (password.length < SHORTEST) {
      throw Texts.PASSWORD_TOO_SHORT.as(ErrorCode.INVALID_ARGUMENT, password.length, SHORTEST);
    }
    // OpenSSL takes the first line of a password file; a terminal sends none of these at all.
    for (char c : password) {
      if (Character.isISOControl(c)) {
        throw Texts.PASSWORD_WITH_CONTROL_CHARACTER.as(ErrorCode.INVALID_ARGUMENT);
      }
    }
    return toOpen(password);
  }

  /** The password for a backup that exists; the caller closes it. */
  static SecretBytes toOpen(char[] password) {
    if (password.length == 0) {
      throw Texts.PASSWORD_EMPTY.as(ErrorCode.INVALID_ARGUMENT);
    }
    if (password.length > LONGEST) {
      throw Texts.PASSWORD_TOO_LONG.as(ErrorCode.INVALID_ARGUMENT, password.length, LONGEST);
    }
    return utf8(password, MOST_BYTES * password.length)
        .orElseThrow(() -> Texts.PASSWORD_WITH_HALF_CHARACTER.as(ErrorCode.INVALID_ARGUMENT));
  }

  /** A text in UTF-8; none if it is no Unicode text or takes more bytes. The caller closes it. */
  static Optional<SecretBytes> utf8(char[] text, int most) {
    ByteBuffer out = ByteBuffer.allocate(most);
    try {
      return StandardCharsets.UTF_8
              .newEncoder()
              .encode(CharBuffer.wrap(text), out, true)
              .isUnderflow()
          ? Optional.of(SecretBytes.takeOver(Arrays.copyOf(out.array(), out.position())))
          : Optional.empty();
    } finally {
      Arrays.fill(out.array(), (byte) 0);
    }
  }
}
