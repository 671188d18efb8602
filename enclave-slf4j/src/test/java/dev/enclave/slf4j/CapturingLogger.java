package dev.enclave.slf4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** A logger that keeps what it is given, as a framework that knows key-value pairs gets it. */
final class CapturingLogger extends LegacyAbstractLogger implements LoggingEventAware {

  private static final long serialVersionUID = 1;

  /**
   * One message.
   *
   * @param pattern as it was given
   * @param text as it is written
   * @param pairs by their names and values, {@code name=value}
   */
  record Logged(Level level, String pattern, String text, List<String> pairs) {}

  private final transient List<Logged> logged = new ArrayList<>();
  private transient Level threshold = Level.INFO;

  CapturingLogger from(Level lowest) {
    threshold = lowest;
    return this;
  }

  synchronized List<Logged> logged() {
    return List.copyOf(logged);
  }

  @Override
  public synchronized void log(LoggingEvent event) {
    List<KeyValuePair> pairs = Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
    logged.add(
        new Logged(
            event.getLevel(),
            event.getMessage(),
            MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()),
            pairs.stream().map(pair -> pair.key + "=" + pair.value).toList()));
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable throwable) {
    throw new AssertionError("called without key-value pairs");
  }

  @Override
  public boolean isTraceEnabled() {
    return threshold.toInt() <= Level.TRACE.toInt();
  }

  @Override
  public boolean isDebugEnabled() {
    return threshold.toInt() <= Level.DEBUG.toInt();
  }

  @Override
  public boolean isInfoEnabled() {
    return threshold.toInt() <= Level.INFO.toInt();
  }

  @Override
  public boolean isWarnEnabled() {
    return threshold.toInt() <= Level.WARN.toInt();
  }

  @Override
  public boolean isErrorEnabled() {
    return threshold.toInt() <= Level.ERROR.toInt();
  }
}
