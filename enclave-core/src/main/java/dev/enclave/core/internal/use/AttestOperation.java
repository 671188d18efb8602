package dev.enclave.core.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.x509.TrustedRoots;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.Attester;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the hardware certifies of a version, and who vouches for the hardware. As other readings:
 * only a refusal is recorded.
 *
 * @param roots certificates that are trusted, each in DER
 */
public record AttestOperation(KeyVersionId version, List<Bytes> roots) {

  /** Asks. */
  public Attestation read(OperationRun run) {
    return run.read(Operation.ATTEST, RetryingCaller.SIGN_WITHIN, this::asked);
  }

  private Attestation asked(OperationRun run) {
    CachedKey slot = run.slot();
    TrustedRoots trusted = TrustedRoots.of(roots);
    KeyReading entry = slot.fresh(run.trace(), run.deadline()).requireUsable();
    KeyVersion asked = entry.requireVersion(version);
    run.version(version);
    Attester attester =
        slot.backend().capability(Attester.class, "say what its hardware certifies");
    Attester.Attestation given =
        run.ask(
            "ask for the attestation of key " + slot.name(),
            call -> attester.attest(entry.snapshot().ref(asked), call));
    return judged(asked, given, trusted, run.time().now());
  }

  private static Attestation judged(
      KeyVersion version, Attester.Attestation given, TrustedRoots trusted, Instant now) {
    AttestationVerdict judgement = AttestationVerdict.of(given, trusted, now);
    List<String> doubts = new ArrayList<>(judgement.doubts());
    Check binding = version.publicKey().isPresent() ? Check.PUBLIC_KEY : Check.VERSION;
    if (!given.checks().contains(binding)) {
      doubts.add(Texts.STATEMENT_NOT_ON_KEY.with());
    }
    return new Attestation(
        version.id(),
        judgement.format(),
        given.statement(),
        judgement.chains(),
        judgement.facts(),
        given.checks(),
        doubts);
  }
}
