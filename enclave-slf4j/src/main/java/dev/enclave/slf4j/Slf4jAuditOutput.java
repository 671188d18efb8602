package dev.enclave.slf4j;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditOutput;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Gives each audit record to the SLF4J logger {@value #LOGGER} as one message, the record's line,
 * with the members that have a grammar as key-value pairs: operation, phase, result, and where
 * there is one key, version, backend and errorCode. Whatever callers and providers write is in the
 * line alone, escaped.
 *
 * <p>Level: INFO for SUCCESS and PENDING, WARN for REFUSED, ERROR for FAILURE and UNKNOWN. A record
 * whose level is off for the logger is refused, so the chain goes on without a gap.
 *
 * <p>Thread-safe.
 */
public final class Slf4jAuditOutput implements AuditOutput {

  /** The logger's name. */
  public static final String LOGGER = "dev.enclave.audit.records";

  private final Logger logger;

  /** For {@link java.util.ServiceLoader} and {@code EnclaveFactory.Builder.with}. */
  public Slf4jAuditOutput() {
    this(LoggerFactory.getLogger(LOGGER));
  }

  Slf4jAuditOutput(Logger logger) {
    this.logger = logger;
  }

  @Override
  public String id() {
    return "slf4j";
  }

  @Override
  public void write(AuditEvent event, String line) throws IOException {
    Level level = levelOf(event.result());
    if (!logger.isEnabledForLevel(level)) {
      throw new IOException(
          "level " + level + " of SLF4J logger " + LOGGER + " is off, or SLF4J has no provider");
    }
    LoggingEventBuilder message =
        logger
            .makeLoggingEventBuilder(level)
            .addKeyValue("operation", event.operation().name())
            .addKeyValue("phase", event.phase().name())
            .addKeyValue("result", event.result().name());
    message = with(message, "key", event.key().map(KeyName::value));
    message = with(message, "version", event.version().map(KeyVersionId::value));
    message = with(message, "backend", event.backend().map(BackendId::value));
    message = with(message, "errorCode", event.errorCode().map(ErrorCode::name));
    // The record is an argument: no text of a caller is ever part of a pattern.
    message.setMessage("{}").addArgument(line).log();
  }

  private static LoggingEventBuilder with(
      LoggingEventBuilder message, String name, Optional<String> value) {
    return value.map(text -> message.addKeyValue(name, text)).orElse(message);
  }

  private static Level levelOf(Result result) {
    return switch (result) {
      case PENDING, SUCCESS -> Level.INFO;
      case REFUSED -> Level.WARN;
      case FAILURE, UNKNOWN -> Level.ERROR;
    };
  }
}
