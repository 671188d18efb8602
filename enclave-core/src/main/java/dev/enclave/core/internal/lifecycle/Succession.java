package dev.enclave.core.internal.lifecycle;

import dev.enclave.Fingerprint;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the old version and the statement key state of the new one.
 *
 * @param entry the reading that the rotation is based on
 * @param old the version that is replaced
 * @param reason why it is
 */
record Succession(KeyReading entry, KeyVersion old, RotationReason reason) {

  /** That there is a statement key, where something is to be stated. */
  void requirePossible(OperationRun run) {
    if (states()) {
      statements(run).publicKey();
    }
  }

  private static StatementKey statements(OperationRun run) {
    return new StatementKey(run.shared(), run.backend());
  }

  /** Not what wraps, not after a compromise, and nothing that nobody could verify. */
  private boolean states() {
    return entry.snapshot().algorithm().purpose() == KeyPurpose.SIGN
        && reason != RotationReason.COMPROMISE
        && old.publicKeyFault().isEmpty();
  }

  Optional<SuccessionStatement> statement(KeyVersion next, OperationRun run) {
    if (!states() || next.publicKey().isEmpty()) {
      return Optional.empty();
    }
    Instant at = run.shared().time().now();
    Fingerprint fingerprint = next.publicKey().get().fingerprint();
    Message text =
        SuccessionStatement.messageOf(entry.handle(), old.id(), next.id(), fingerprint, at);
    StatementSignature byEnclave =
        statements(run)
            .sign(
                text,
                run.caller(),
                Map.of(
                    "statement", StatementText.Kind.SUCCESSION.toString(),
                    "of", entry.handle().toString(),
                    "from", old.id().value(),
                    "to", next.id().value()));
    return Optional.of(
        new SuccessionStatement(
            entry.handle(), old.id(), next.id(), fingerprint, at, signed(text, run), byEnclave));
  }

  private SignatureValue signed(Message text, OperationRun run) {
    try {
      return OperationRun.by(run.caller(), run.shared())
          .on(run.slot())
          .run(SignOperation.ofStatement(old.id(), text));
    } catch (UsageException e) {
      if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
        throw e;
      }
      Optional<KeyVersionId> active =
          run.slot().newest().flatMap(found -> found.snapshot().active()).map(KeyVersion::id);
      throw RotateOperation.conflict(run.slot(), old.id(), active);
    }
  }
}
