package dev.enclave.core.internal.key.use;

import dev.enclave.Bytes;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.core.internal.x509.TrustedRoots;
import dev.enclave.core.internal.x509.TrustedRoots.Finding;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.Attester;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Asks for the hardware's statement on a version, and who vouches for it. Thread-safe. */
public final class AttestationReader {

  private final SharedParts shared;

  public AttestationReader(SharedParts shared) {
    this.shared = shared;
  }

  /** As other readings: only a refusal is recorded. */
  public Attestation read(KeySlot slot, KeyVersionId id, List<Bytes> roots, String caller) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(SharedParts.SIGN_WITHIN);
    return shared.recordingRefusal(
        shared.subject(Operation.REFUSAL, caller, slot),
        trace,
        () -> {
          TrustedRoots trusted = TrustedRoots.of(roots);
          KeyEntry entry = slot.fresh(trace, deadline).requireUsable();
          KeyVersion version = entry.requireVersion(id);
          Attester attester =
              slot.backend().capability(Attester.class, "say what its hardware certifies");
          Plan plan =
              new Plan(
                  "ask for the attestation of key " + slot.name(),
                  trace,
                  deadline.remaining(),
                  false,
                  slot.settling());
          Attester.Attestation given =
              slot.backend()
                  .caller()
                  .call(plan, call -> attester.attest(entry.snapshot().ref(version), call));
          return judged(version, given, trusted);
        });
  }

  private Attestation judged(KeyVersion version, Attester.Attestation given, TrustedRoots trusted) {
    List<Chain> chains = new ArrayList<>();
    Set<String> reached = new HashSet<>();
    for (Attester.Chain chain : given.chains()) {
      Finding finding = trusted.end(chain.certificates(), shared.time().now());
      reached.addAll(finding.reached());
      chains.add(
          new Chain(
              ForeignText.of(chain.of()),
              chain.certificates(),
              finding.reached().stream().findFirst(),
              ForeignText.of(finding.words())));
    }
    return new EngineAttestation(
        version.id(),
        ForeignText.of(given.format()),
        given.statement(),
        chains,
        clean(given.facts()),
        given.checks(),
        doubts(version, given, trusted, reached));
  }

  private static Map<String, String> clean(Map<String, String> facts) {
    Map<String, String> clean = new TreeMap<>();
    facts.forEach((name, value) -> clean.put(ForeignText.of(name), ForeignText.of(value)));
    return clean;
  }

  private static List<String> doubts(
      KeyVersion version, Attester.Attestation given, TrustedRoots trusted, Set<String> reached) {
    List<String> doubts = new ArrayList<>();
    if (!given.checks().contains(Check.SIGNATURE)) {
      doubts.add("Whether the hardware signed the statement was not checked.");
    }
    Check binding = version.publicKey().isPresent() ? Check.PUBLIC_KEY : Check.VERSION;
    if (!given.checks().contains(binding)) {
      doubts.add("Whether the statement is on this very key was not checked.");
    }
    if (trusted.subjects().isEmpty()) {
      doubts.add("No root certificate was given, so nobody vouches for the hardware.");
    }
    for (String root : trusted.subjects()) {
      if (!reached.contains(root)) {
        doubts.add("No chain ends at root " + ForeignText.of(root) + ".");
      }
    }
    return doubts;
  }
}
