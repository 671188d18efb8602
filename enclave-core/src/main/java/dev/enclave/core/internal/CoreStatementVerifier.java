package dev.enclave.core.internal;

import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.core.internal.call.Failures;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.AttestationVerdict;
import dev.enclave.core.internal.x509.TrustedRoots;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.internal.opening.StatementVerifier;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.StatementReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges statements by the providers that read them. Stateless. */
public final class CoreStatementVerifier implements StatementVerifier {

  @Override
  public Verdict judge(Request request, Presented presented) {
    TrustedRoots trusted = TrustedRoots.of(presented.roots());
    for (BackendProvider provider : StartUpContext.providers(request).all().values()) {
      if (provider instanceof StatementReader reader) {
        try {
          Optional<Attestation> read =
              reader.readStatement(
                  presented.statement(), presented.certificates(), presented.publicKey());
          if (read.isPresent()) {
            return judged(
                read.get(),
                AttestationVerdict.of(read.get(), trusted, StartUpContext.clock(request).now()),
                presented);
          }
        } catch (BackendFailure e) {
          if (e.code() != FailureCode.CORRUPT) {
            throw Failures.whileOpening(provider.id(), e);
          }
          return nothing(ForeignText.said(e));
        }
      }
    }
    return nothing(Texts.NO_STATEMENT.with());
  }

  private static Verdict nothing(String why) {
    return new Verdict(Optional.empty(), Set.of(), Map.of(), List.of(), List.of(why));
  }

  private static Verdict judged(
      Attestation given, AttestationVerdict judgement, Presented presented) {
    List<String> doubts = new ArrayList<>(judgement.doubts());
    Map<String, String> facts = judgement.facts();
    if (presented.publicKey().isPresent() && !given.checks().contains(Check.PUBLIC_KEY)) {
      doubts.add(Texts.STATEMENT_ON_ANOTHER_KEY.with());
    } else if (!facts.containsKey(Attester.PUBLIC_KEY)) {
      doubts.add(Texts.STATEMENT_WITHOUT_KEY.with());
    }
    require(facts, Attester.MADE_IN_HSM, "yes", Texts.STATEMENT_NOT_GENERATED.with(), doubts);
    require(facts, Attester.EXTRACTABLE, "no", Texts.STATEMENT_EXTRACTABLE.with(), doubts);
    require(
        facts, Attester.NEVER_EXTRACTABLE, "yes", Texts.STATEMENT_ONCE_EXTRACTABLE.with(), doubts);
    return new Verdict(
        Optional.of(judgement.format()), given.checks(), facts, judgement.chains(), doubts);
  }

  private static void require(
      Map<String, String> facts,
      String fact,
      String wanted,
      String otherwise,
      List<String> doubts) {
    if (!wanted.equals(facts.get(fact))) {
      doubts.add(otherwise);
    }
  }
}
