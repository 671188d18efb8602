package dev.enclave.auditlog.write;

import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.List;

/** Events that the log accepted and could not write before it was closed. */
public final class LostRecordsException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient List<AuditEvent> events;

  /**
   * @param why what kept them from being written
   */
  LostRecordsException(String why, List<AuditEvent> events) {
    super(why);
    this.events = List.copyOf(events);
  }

  /** The events, in their order. */
  public List<AuditEvent> events() {
    return events;
  }
}
