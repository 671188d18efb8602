package dev.enclave.crypto.internal;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Enclave logs until this is closed. */
public final class LoggedMessages extends Handler implements AutoCloseable {

  private final Logger logger = Logger.getLogger("dev.enclave");
  private final List<String> messages = new CopyOnWriteArrayList<>();

  public LoggedMessages() {
    logger.addHandler(this);
  }

  public List<String> messages() {
    return messages;
  }

  @Override
  public void publish(LogRecord entry) {
    messages.add(MessageFormat.format(entry.getMessage(), entry.getParameters()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
