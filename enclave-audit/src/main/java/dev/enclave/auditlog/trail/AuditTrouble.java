package dev.enclave.auditlog.trail;

import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
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
  static EnclaveException outlived(Duration patience) {
    return Texts.OUTLIVED.as(ErrorCode.CLOSED, patience.toSeconds());
  }

  /** The policy needs the record. */
  static EnclaveException required(String why, AuditEvent unwritten) {
    return Texts.REQUIRED.as(
        ErrorCode.AUDIT_UNAVAILABLE,
        why,
        unwritten.result() == Result.SUCCESS
            ? Texts.NOT_RELEASED.with()
            : Texts.NOTHING_DONE.with());
  }

  /** The record is to keep what the backend will not. */
  static EnclaveException archive(String why) {
    return Texts.NOTHING_DESTROYED.as(ErrorCode.AUDIT_UNAVAILABLE, why);
  }

  /** The record that is needed may be there. */
  static EnclaveException unread(String why) {
    return Texts.LOG_UNREAD.as(ErrorCode.AUDIT_UNAVAILABLE, why);
  }

  /**
   * Operations were carried out and have no record.
   *
   * @param named some of them
   * @param count how many there are
   */
  static EnclaveException lost(List<AuditEvent> named, long count, @Nullable String why) {
    String operations =
        named.stream()
            .map(
                event ->
                    Texts.LOST_OPERATION.with(
                        event.operation(),
                        event.key().map(key -> Texts.OF_KEY.with(key)).orElse(""),
                        event.operationId()))
            .collect(Collectors.joining(", "));
    return Texts.RECORDS_NOT_WRITTEN.as(
        ErrorCode.AUDIT_UNAVAILABLE,
        count == 1 ? Texts.ONE_RECORD.with() : Texts.RECORDS.with(count),
        why == null ? "" : " (" + why + ")",
        count == 1 ? "is" : "are",
        operations,
        count > named.size() ? Texts.AND_OTHERS.with() : "");
  }
}
