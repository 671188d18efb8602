package dev.enclave.cli;

import dev.enclave.cli.text.Text;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** How the library's log reaches a terminal: with {@code --verbose}, one line a record. */
final class Logging {

  /** Kept here, since its level would be gone with it. */
  private static final Logger LIBRARY = Logger.getLogger("dev.enclave");

  private Logging() {}

  /** Replaces the process's log output. */
  static void configure(boolean verbose) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler terminal = new ConsoleHandler();
    terminal.setFormatter(new OneLine());
    root.addHandler(terminal);
    // What a warning would say is in doctor's findings; a log before each error would bury it.
    root.setLevel(verbose ? Level.INFO : Level.SEVERE);
    if (verbose) {
      terminal.setLevel(Level.FINE);
      LIBRARY.setLevel(Level.FINE);
    }
  }

  static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord entry) {
      return "log: "
          + entry.getLevel()
          + " "
          + Text.printable(formatMessage(entry))
          + System.lineSeparator();
    }
  }
}
