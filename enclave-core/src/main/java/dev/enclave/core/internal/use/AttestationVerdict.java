package dev.enclave.core.internal.use;

import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.x509.TrustedRoots;
import dev.enclave.core.internal.x509.TrustedRoots.Finding;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.backend.Attester;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a statement is worth to somebody who trusts some roots.
 *
 * @param format the provider's name of the format
 * @param chains who vouches for the hardware
 * @param facts what the statement says
 * @param doubts what is missing for a proof
 */
public record AttestationVerdict(
    String format, List<Chain> chains, Map<String, String> facts, List<String> doubts) {

  public AttestationVerdict {
    chains = List.copyOf(chains);
    doubts = List.copyOf(doubts);
  }

  /**
   * Judges.
   *
   * @param now when every certificate has to be valid
   */
  public static AttestationVerdict of(
      Attester.Attestation given, TrustedRoots trusted, Instant now) {
    List<Chain> chains = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    Set<String> vouching = new HashSet<>();
    if (!given.checks().contains(Check.SIGNATURE)) {
      doubts.add(Texts.HARDWARE_NOT_CHECKED.with());
    }
    for (Attester.Chain chain : given.chains()) {
      Finding finding = trusted.end(chain.certificates(), now);
      if (chain.signer()) {
        vouching.addAll(finding.reached());
      }
      if (finding.broken()) {
        doubts.add(
            Texts.CERTIFICATES_DO_NOT_HOLD.with(ForeignText.of(chain.of()), finding.words()));
      }
      chains.add(
          new Chain(
              ForeignText.of(chain.of()),
              chain.certificates(),
              finding.reached().stream().findFirst().map(ForeignText::of),
              ForeignText.of(finding.words())));
    }
    doubts.addAll(unreached(trusted, vouching));
    return new AttestationVerdict(
        ForeignText.of(given.format()), chains, clean(given.facts()), doubts);
  }

  private static List<String> unreached(TrustedRoots trusted, Set<String> vouching) {
    if (trusted.subjects().isEmpty()) {
      return List.of(Texts.NO_ROOT_GIVEN.with());
    }
    return trusted.subjects().stream()
        .filter(root -> !vouching.contains(root))
        .map(root -> Texts.NO_CHAIN_TO_ROOT.with(ForeignText.of(root)))
        .toList();
  }

  private static Map<String, String> clean(Map<String, String> facts) {
    Map<String, String> clean = new TreeMap<>();
    facts.forEach((name, value) -> clean.put(ForeignText.of(name), ForeignText.of(value)));
    return clean;
  }
}
