package dev.enclave.auditlog.check;

import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.note.MalformedNoteException;
import dev.enclave.auditlog.record.CorruptLogException;
import dev.enclave.auditlog.record.Reasons;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Parses what whoever looks after a log gives as text. */
final class GivenText {

  private GivenText() {}

  static Checkpoint checkpoint(String text) {
    try {
      return Checkpoint.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (CorruptLogException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "The checkpoint cannot be used: "
              + e.getMessage()
              + ". Give a file that enclave audit checkpoint has written.");
    }
  }

  static VerifierKeys keys(String text) {
    try {
      return VerifierKeys.parse(text);
    } catch (MalformedNoteException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "The verifier key cannot be used: "
              + e.getMessage()
              + ". Give a file that enclave init has written.");
    }
  }

  /** Parses a proof. */
  @FunctionalInterface
  interface Parsing<T> {
    T of(String proof) throws IOException;
  }

  static <T> T proof(String proof, String advice, Parsing<T> parsing) {
    try {
      return parsing.of(proof);
    } catch (IOException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING, "The proof cannot be used: " + Reasons.of(e) + ". " + advice);
    }
  }
}
