package dev.enclave.core.internal.x509;

import static dev.enclave.core.internal.x509.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.core.internal.use.AttestationVerdict;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.Attester.Chain;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose certificates prove something of a statement. */
class VouchingTest {

  private final TestAuthority owner = TestAuthority.named("owner");
  private final TestAuthority card = TestAuthority.named("card");
  private final TestAuthority partition = TestAuthority.named("partition");
  private final TestAuthority forger = TestAuthority.named("owner");
  private final Bytes ofCard = owner.issue(card, false);

  private List<String> doubts(Chain... chains) {
    Attestation given =
        Attestation.of(
            "format",
            Bytes.of(new byte[] {1}),
            List.of(chains),
            Map.of(),
            Set.of(Check.SIGNATURE, Check.PUBLIC_KEY));
    return AttestationVerdict.of(given, TrustedRoots.of(List.of(owner.selfSigned())), NOW).doubts();
  }

  @Test
  void theIssuerOfTheSigningKeyVouchesForIt() {
    assertThat(
            doubts(
                Chain.of("owner", List.of(owner.issue(partition, false))),
                Chain.beside("card", List.of(ofCard))))
        .isEmpty();
  }

  /** A card's certificate is public: anybody can lay it beside a statement of his own. */
  @Test
  void aCertificateOfAnotherKeyOfTheHsm_vouchesForNoStatement() {
    assertThat(
            doubts(
                Chain.of("forger", List.of(card.issue(partition, false))),
                Chain.beside("card", List.of(ofCard))))
        .containsExactly("No chain ends at root CN=owner.");
  }

  @Test
  void aChainThatNamesARootAndIsForged_isADoubtOfItsOwn() {
    assertThat(
            doubts(
                Chain.of("owner", List.of(owner.issue(partition, false))),
                Chain.beside("card", List.of(forger.issue(card, false)))))
        .containsExactly(
            "The certificates of card do not hold: certificate 1 was not signed by the key of the"
                + " next one.");
  }
}
