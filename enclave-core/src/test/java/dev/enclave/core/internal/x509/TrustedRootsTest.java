package dev.enclave.core.internal.x509;

import static dev.enclave.core.internal.x509.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Bytes;
import dev.enclave.core.internal.x509.TrustedRoots.Finding;
import dev.enclave.error.UsageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which chains end at a root, and what is said of those that do not. */
class TrustedRootsTest {

  private final TestAuthority root = TestAuthority.named("root");
  private final TestAuthority card = TestAuthority.named("card");
  private final TestAuthority leaf = TestAuthority.named("leaf");
  private final Bytes rootItself = root.selfSigned();
  private final Bytes cardByRoot = root.issue(card, true);
  private final Bytes leafByCard = card.issue(leaf, false);
  private final TrustedRoots roots = TrustedRoots.of(List.of(rootItself));

  private Finding end(Bytes... chain) {
    return roots.end(List.of(chain), NOW);
  }

  @Test
  void endsAtItsRoot_withOrWithoutTheRootInTheChain() {
    assertThat(end(leafByCard, cardByRoot).reached()).containsExactly("CN=root");
    assertThat(end(leafByCard, cardByRoot, rootItself).reached()).containsExactly("CN=root");
    assertThat(end(cardByRoot).words()).isEqualTo("it ends at CN=root");
  }

  @Test
  void endsAtNoRootThatDidNotIssueIt_whateverItsName() {
    TestAuthority impostor = TestAuthority.named("root");
    Finding finding =
        TrustedRoots.of(List.of(impostor.selfSigned())).end(List.of(leafByCard, cardByRoot), NOW);
    assertThat(finding.reached()).isEmpty();
    assertThat(finding.words())
        .isEqualTo("certificate 2 was not signed by the key of the next one");
  }

  @Test
  void endsAtNoRootOfAnotherName() {
    TestAuthority other = TestAuthority.named("other");
    Finding finding =
        TrustedRoots.of(List.of(other.selfSigned())).end(List.of(leafByCard, cardByRoot), NOW);
    assertThat(finding.reached()).isEmpty();
    assertThat(finding.words()).isEqualTo("it ends at none of the roots that were given");
  }

  @Test
  void doesNotBelieveACertificateThatSomebodyElseIssued() {
    Bytes forged = TestAuthority.named("card").issue(leaf, false);
    assertThat(end(forged, cardByRoot).words())
        .isEqualTo("certificate 1 was not signed by the key of the next one");
  }

  @Test
  void doesNotBelieveAnIssuer_whoMayNotIssue() {
    Bytes notAnIssuer = root.issue(card, false);
    assertThat(end(leafByCard, notAnIssuer).words())
        .isEqualTo("certificate 2 does not say that it may issue others");
  }

  @Test
  void doesNotBelieveACertificate_outsideItsTime() {
    Bytes old =
        card.issue(leaf, false, NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(8)));
    assertThat(end(old, cardByRoot).words()).isEqualTo("certificate 1 has expired");
    assertThat(roots.end(List.of(leafByCard, cardByRoot), NOW.minus(Duration.ofDays(30))).words())
        .endsWith("is not valid yet");
  }

  @Test
  void doesNotBelieveAChainInTheWrongOrder() {
    assertThat(end(cardByRoot, leafByCard).reached()).isEmpty();
  }

  @Test
  void doesNotBelieveAnyChangedByte_ofTheSignedPart() {
    byte[] changed = leafByCard.toByteArray();
    for (int i = changed.length / 4; i < changed.length; i += 7) {
      changed[i] ^= 1;
      assertThat(end(Bytes.of(changed), cardByRoot).reached()).as("byte %d", i).isEmpty();
      changed[i] ^= 1;
    }
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(end().words()).isEqualTo("there is no certificate");
    assertThat(end(Bytes.of(new byte[] {1, 2})).words()).contains("cannot be read");
    assertThat(TrustedRoots.of(List.of()).end(List.of(leafByCard), NOW).words())
        .isEqualTo("no root certificate was given");
  }

  @Test
  void refusesARootThatIsNoCertificate() {
    assertThatThrownBy(() -> TrustedRoots.of(List.of(Bytes.of(new byte[] {1}))))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no X.509 certificate");
  }
}
