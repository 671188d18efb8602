package dev.enclave.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Everything the library says while this is open: the log at every level, System.out and
 * System.err, and what a test adds. Changes the process's streams and the level of the logger
 * {@code dev.enclave} until it is closed, so use one at a time. Log records come from any thread.
 */
public final class CapturedOutput extends Handler implements AutoCloseable {

  private final Queue<String> text = new ConcurrentLinkedQueue<>();
  private final ByteArrayOutputStream streams = new ByteArrayOutputStream();
  private final Logger logger = Logger.getLogger("dev.enclave");
  private final Level level = logger.getLevel();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  /** Captures from now on. */
  public CapturedOutput() {
    setLevel(Level.ALL);
    logger.setLevel(Level.ALL);
    logger.addHandler(this);
    PrintStream both = new PrintStream(streams, true, StandardCharsets.ISO_8859_1);
    System.setOut(both);
    System.setErr(both);
  }

  /** Takes the text of an object the API gave. */
  public void take(Object object) {
    text.add(String.valueOf(object));
  }

  /** Takes all of an exception: messages, causes, what was suppressed. */
  public void takeThrown(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    text.add(trace.toString());
    text.add(String.valueOf(thrown.getLocalizedMessage()));
  }

  @Override
  public void publish(LogRecord logged) {
    text.add(logged.getMessage() + Arrays.toString(logged.getParameters()));
    if (logged.getParameters() != null) {
      text.add(MessageFormat.format(logged.getMessage(), logged.getParameters()));
    }
    if (logged.getThrown() != null) {
      takeThrown(logged.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(level);
    System.setOut(out);
    System.setErr(err);
  }

  /** All of it so far. */
  public String text() {
    return String.join("\n", text) + streams.toString(StandardCharsets.ISO_8859_1);
  }
}
