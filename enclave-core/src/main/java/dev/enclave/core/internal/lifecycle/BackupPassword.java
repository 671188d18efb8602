package dev.enclave.core.internal.lifecycle;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
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
      throw refused(
          "has "
              + password.length
              + " characters. Use at least "
              + SHORTEST
              + ", chosen at random: whoever has the file can guess without limit.");
    }
    // OpenSSL takes the first line of a password file; a terminal sends none of these at all.
    for (char c : password) {
      if (Character.isISOControl(c)) {
        throw refused("has a control character, which not every tool can be given. Leave it out.");
      }
    }
    return toOpen(password);
  }

  /** The password for a backup that exists; the caller closes it. */
  static SecretBytes toOpen(char[] password) {
    if (password.length == 0) {
      throw refused("is empty. Give the one the backup was made with.");
    }
    if (password.length > LONGEST) {
      throw refused("has " + password.length + " characters. Use at most " + LONGEST + ".");
    }
    return utf8(password, MOST_BYTES * password.length)
        .orElseThrow(() -> refused("has half a character (a lone surrogate). Type it anew."));
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

  private static UsageException refused(String what) {
    return new UsageException(ErrorCode.INVALID_ARGUMENT, "The password of the backup " + what);
  }
}
