package dev.enclave.auditlog.records;

import dev.enclave.error.EnclaveException;
import dev.enclave.internal.ForeignText;
import dev.enclave.kit.claim.UnsafeFileException;
import java.io.IOException;

/** Why something about the log failed, in words that may be shown. */
public final class Reasons {

  private Reasons() {}

  /** Our own words as they are, those of the file system made fit, of anything else the class. */
  public static String of(Throwable failure) {
    if (failure instanceof CorruptLogException ours) {
      return String.valueOf(ours.getMessage());
    }
    if (failure instanceof UnsafeFileException ours) {
      return String.valueOf(ours.getMessage());
    }
    if (failure instanceof MalformedNoteException ours) {
      return String.valueOf(ours.getMessage());
    }
    if (failure instanceof EnclaveException ours) {
      return String.valueOf(ours.getMessage());
    }
    return failure instanceof IOException
        ? ForeignText.said(failure)
        : failure.getClass().getName();
  }
}
