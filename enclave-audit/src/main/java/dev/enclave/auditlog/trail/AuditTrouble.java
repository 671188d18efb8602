package dev.enclave.auditlog.trail;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is thrown when a record that is needed cannot be written. */
final class AuditTrouble {

  private AuditTrouble() {}

  /** The operation outlived the closing. */
  static UsageException outlived(Duration patience) {
    return new UsageException(
        ErrorCode.CLOSED,
        "This Enclave was closed while this operation was under way, and closing waits "
            + patience.toSeconds()
            + " seconds at most. The audit log has no outcome of it, so its result is not"
            + " released; it may have been carried out. Look before you repeat it, and let"
            + " operations end before you close.");
  }

  /** The policy needs the record. */
  static PolicyException required(String why, AuditEvent unwritten) {
    return unwritten(
        why
            + ") and the policy needs it, so "
            + (unwritten.result() == Result.SUCCESS
                ? "the result of this operation is not released. What it changes was changed; look"
                    + " before you repeat it."
                : "nothing is done."));
  }

  /** The record is to keep what the backend will not. */
  static PolicyException archive(String why) {
    return unwritten(
        why
            + ") and is to keep the public key of a version that the backend forgets, so nothing is"
            + " destroyed.");
  }

  /** The record that is needed may be there. */
  static PolicyException unread(String why) {
    return new PolicyException(
        ErrorCode.AUDIT_UNAVAILABLE,
        "The audit log cannot be read ("
            + why
            + ") and is to have the public key of a version that the backend does not tell, so"
            + " nothing is destroyed. Correct the rights of enclave.audit.directory.");
  }

  /**
   * Operations were carried out and have no record.
   *
   * @param named some of them
   * @param count how many there are
   */
  static PolicyException lost(List<AuditEvent> named, long count, @Nullable String why) {
    String operations =
        named.stream()
            .map(
                event ->
                    event.operation()
                        + event.key().map(key -> " of " + key).orElse("")
                        + " (operation "
                        + event.operationId()
                        + ")")
            .collect(Collectors.joining(", "));
    return new PolicyException(
        ErrorCode.AUDIT_UNAVAILABLE,
        (count == 1 ? "1 record" : count + " records")
            + " of the audit log could not be written"
            + (why == null ? "" : " (" + why + ")")
            + " and "
            + (count == 1 ? "is" : "are")
            + " lost: "
            + operations
            + (count > named.size() ? " and others" : "")
            + ". What was to be recorded was done. Free the disk or correct the rights of"
            + " enclave.audit.directory before anything else is done.");
  }

  private static PolicyException unwritten(String why) {
    return new PolicyException(
        ErrorCode.AUDIT_UNAVAILABLE,
        "The audit log cannot be written ("
            + why
            + " Free the disk or correct the rights of enclave.audit.directory.");
  }
}
