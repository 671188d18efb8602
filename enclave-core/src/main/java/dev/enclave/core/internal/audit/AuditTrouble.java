package dev.enclave.core.internal.audit;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.time.Duration;

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

  private static PolicyException unwritten(String why) {
    return new PolicyException(
        ErrorCode.AUDIT_UNAVAILABLE,
        "The audit log cannot be written ("
            + why
            + " Free the disk or correct the rights of enclave.audit.directory.");
  }
}
