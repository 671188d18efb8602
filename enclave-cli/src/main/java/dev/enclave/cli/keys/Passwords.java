package dev.enclave.cli.keys;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
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
    return using(file == null ? typed(Texts.ASK_PASSWORD.with()) : read(file), work);
  }

  private static <T> T using(char[] password, Function<char[], T> work) {
    try {
      return work.apply(password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private char[] typedTwice() {
    char[] first = typed(Texts.ASK_NEW_PASSWORD.with());
    char[] second = typed("Again: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw refused(Texts.PASSWORDS_DIFFER.with());
    }
    return first;
  }

  private char[] typed(String question) {
    return session
        .context()
        .passwordPrompt()
        .ask(question)
        .orElseThrow(() -> refused(Texts.NO_TERMINAL.with()));
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
      throw refused(Texts.PASSWORD_NOT_UTF_8.with(Quoted.of(file)));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static UsageException refused(String message) {
    return new UsageException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
