package dev.enclave.cli.session;

import java.io.Console;
import java.util.Optional;

/** Asks whoever sits at the terminal for a password, without showing what is typed. */
@FunctionalInterface
public interface PasswordPrompt {

  /** What was typed, which the caller overwrites; none when there is no terminal. */
  Optional<char[]> ask(String question);

  /**
   * At the terminal of the process, if it has one. From Java 22 on there may be a console without a
   * terminal; it reads a line of standard input, and none at its end.
   */
  @SuppressWarnings("SystemConsoleNull") // it is null on the Java versions before 22
  static PasswordPrompt atTerminal() {
    return question -> {
      Console console = System.console();
      return console == null
          ? Optional.empty()
          : Optional.ofNullable(console.readPassword("%s", question));
    };
  }
}
