package dev.enclave.campaign.process;

import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Hands what is logged by SLF4J to java.util.logging, in a process that {@code -Dslf4j.provider}
 * tells so: on the class path of the tests no other provider is, and they stay silent.
 */
public final class EverythingLogged implements SLF4JServiceProvider, ILoggerFactory {

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new BasicMDCAdapter();

  @Override
  public Logger getLogger(String name) {
    return new Handed(name);
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}

  private static final class Handed extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1;

    private final transient java.util.logging.Logger to;

    Handed(String name) {
      this.name = name;
      this.to = java.util.logging.Logger.getLogger(name);
    }

    private static java.util.logging.Level level(Level level) {
      return switch (level) {
        case ERROR -> java.util.logging.Level.SEVERE;
        case WARN -> java.util.logging.Level.WARNING;
        case INFO -> java.util.logging.Level.INFO;
        case DEBUG -> java.util.logging.Level.FINE;
        case TRACE -> java.util.logging.Level.FINEST;
      };
    }

    private boolean enabled(Level level) {
      return to.isLoggable(level(level));
    }

    @Override
    public boolean isTraceEnabled() {
      return enabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return enabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return enabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return enabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return enabled(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        @Nullable String pattern,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      LogRecord logged =
          new LogRecord(level(level), MessageFormatter.basicArrayFormat(pattern, arguments));
      logged.setLoggerName(name);
      logged.setThrown(thrown);
      to.log(logged);
    }
  }
}
