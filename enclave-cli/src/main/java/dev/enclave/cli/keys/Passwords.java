package dev.enclave.cli.keys;

import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gets the password of a backup from a file or from the terminal, and overwrites it after use. */
final class Passwords {

  private final Session session;

  Passwords(Session session) {
    this.session = session;
  }

  /** Works with a password that is chosen now; typed, it is typed twice. */
  <T> T withNew(@Nullable String file, Function<char[], T> work) {
    return using(file == null ? typedTwice() : read(file), work);
  }

  /** Works with a password that was chosen before. */
  <T> T with(@Nullable String file, Function<char[], T> work) {
    return using(file == null ? typed("Password of the backup: ") : read(file), work);
  }

  private static <T> T using(char[] password, Function<char[], T> work) {
    try {
      return work.apply(password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private char[] typedTwice() {
    char[] first = typed("Password for the backup, at least 12 characters: ");
    char[] second = typed("Again: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw refused("The two passwords differ. Nothing was written; run the command again.");
    }
    return first;
  }

  private char[] typed(String question) {
    return session
        .context()
        .passwordPrompt()
        .ask(question)
        .orElseThrow(
            () ->
                refused(
                    "There is no terminal to ask for the password. Give a file with it:"
                        + " --password-file FILE, or - for standard input."));
  }

  /** The first line of a file, as {@code openssl -passin file:} takes it. */
  private char[] read(String file) {
    byte[] content = session.files().read(file);
    int end = 0;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    if (end > 0 && content[end - 1] == '\r') {
      end--;
    }
    try {
      CharBuffer line =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, end));
      char[] password = new char[line.remaining()];
      line.get(password);
      line.clear();
      while (line.hasRemaining()) {
        line.put('\0');
      }
      return password;
    } catch (CharacterCodingException e) {
      throw refused(
          "The first line of " + Quoted.of(file) + " is not UTF-8. Save the password as UTF-8.");
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static UsageException refused(String message) {
    return new UsageException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
