package dev.enclave.cli.keys;

import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.FileAccess;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A passphrase that is to be set: typed twice, or the first line of a file. */
final class NewPassphrase {

  private static final int LONGEST = 8192;

  private final CommandContext context;
  private final FileAccess files;

  NewPassphrase(CommandContext context, FileAccess files) {
    this.context = context;
    this.files = files;
  }

  /** The first line of the file, in UTF-8, without its end. */
  char[] inFile(String typed) {
    byte[] content = files.read(typed);
    try {
      return firstLine(content, Texts.THE_FILE.with(Quoted.of(typed)));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** Asked for twice; unseen on a terminal, else two lines of standard input. */
  char[] asked() {
    char[] first = once(Texts.ASK_PASSPHRASE.with());
    char[] second = once(Texts.ASK_AGAIN.with());
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw Texts.PASSPHRASES_DIFFER.as(ErrorCode.INVALID_ARGUMENT);
    }
    return first;
  }

  // Newer platforms give a console without a terminal too; it reads a line, as is done here else.
  @SuppressWarnings("SystemConsoleNull")
  private char[] once(String prompt) {
    Console console = context.in() == System.in ? System.console() : null;
    if (console == null) {
      return line();
    }
    char[] typed = console.readPassword("%s", prompt);
    return typed == null ? new char[0] : typed;
  }

  private char[] line() {
    byte[] line = new byte[LONGEST];
    int length = 0;
    try {
      int next = context.in().read();
      while (next >= 0 && next != '\n' && length < LONGEST) {
        line[length++] = (byte) next;
        next = context.in().read();
      }
      return firstLine(Arrays.copyOf(line, length), Texts.STANDARD_INPUT.with());
    } catch (IOException e) {
      throw Texts.STANDARD_INPUT_UNREADABLE_NAME_FILE.as(ErrorCode.FILE_UNREADABLE);
    } finally {
      Arrays.fill(line, (byte) 0);
    }
  }

  private static char[] firstLine(byte[] content, String what) {
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    if (end == 0) {
      throw Texts.NO_PASSPHRASE.as(ErrorCode.INVALID_ARGUMENT, what);
    }
    try {
      CharBuffer text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, end));
      char[] exact = Arrays.copyOf(text.array(), text.limit());
      Arrays.fill(text.array(), '\0');
      return exact;
    } catch (CharacterCodingException e) {
      throw Texts.PASSPHRASE_NOT_UTF_8.as(ErrorCode.INVALID_ARGUMENT, what);
    }
  }
}
