package dev.enclave.cli.session;

import dev.enclave.cli.text.PrintableStream;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Everything a command touches outside the library.
 *
 * @param out what the command answers
 * @param err what went wrong
 * @param in standard input, read for a FILE spelled {@code -}
 * @param passwordPrompt asks for the passwords of backups
 * @param workingDirectory what relative paths are relative to
 * @param temporaryDirectory where the demo makes its scratch folder
 * @param colour whether {@code out} is a terminal that shows colours, and its user wants them
 * @param user who runs the command, for the audit log
 * @param parts instances beside or in place of what is detected
 */
public record CommandContext(
    PrintStream out,
    PrintStream err,
    InputStream in,
    PasswordPrompt passwordPrompt,
    Path workingDirectory,
    Path temporaryDirectory,
    boolean colour,
    String user,
    EnclaveEngine.Parts parts) {

  private static final int LONGEST_USER = 100;

  /** The same, whose output and errors are printable whatever is written. */
  CommandContext printable() {
    return new CommandContext(
        PrintableStream.over(out),
        PrintableStream.over(err),
        in,
        passwordPrompt,
        workingDirectory,
        temporaryDirectory,
        colour,
        user,
        parts);
  }

  /** The caller that the audit log records: {@code cli:} and the user, made printable. */
  String caller() {
    StringBuilder caller = new StringBuilder("cli:");
    user.chars()
        .limit(LONGEST_USER)
        .forEach(c -> caller.append(Character.isISOControl(c) ? '?' : (char) c));
    return caller.toString();
  }
}
