package dev.enclave.core.internal.x509;

import static dev.enclave.core.internal.x509.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.core.internal.x509.TrustedRoots.CardIssuer;
import dev.enclave.core.internal.x509.TrustedRoots.Finding;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** A certificate of version 1 is believed of a card, under one root, and nowhere else. */
class CardIssuerTest {

  private static final TestAuthority MAKER = TestAuthority.rsa("maker");
  private static final TestAuthority CARD = TestAuthority.rsa("card");
  private static final TestAuthority PARTITION = TestAuthority.rsa("partition");
  private static final Instant BEFORE = NOW.minus(Duration.ofDays(9));
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));

  private final Bytes root = MAKER.selfSigned();
  private final Bytes card = MAKER.issueVersion1(CARD);
  private final Bytes partition = CARD.issue(PARTITION, false);

  private static CardIssuer issuer(TestAuthority authority) {
    return issuer(authority.name(), authority);
  }

  private static CardIssuer issuer(String name, TestAuthority key) {
    try {
      return new CardIssuer(
          new X500Principal(name),
          Bytes.of(
              MessageDigest.getInstance("SHA-256").digest(key.pair().getPublic().getEncoded())));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Finding end(Bytes root, CardIssuer cards, Bytes... chain) {
    return TrustedRoots.of(List.of(root), cards).end(List.of(chain), NOW);
  }

  @Test
  void aCardUnderItsRootIsBelieved() {
    assertThat(end(root, issuer(MAKER), partition, card).reached()).containsExactly("CN=maker");
  }

  /** Cards outlive roots: the successor's certificate has the same name and key. */
  @Test
  void itsSuccessorIsBelieved_theExpiredRootIsNot() {
    Bytes expired = MAKER.issue(MAKER, true, BEFORE, YESTERDAY);

    Finding finding = end(expired, issuer(MAKER), partition, card);
    assertThat(finding.reached()).isEmpty();
    assertThat(finding.broken()).isTrue();
    assertThat(finding.words()).startsWith("its root has expired; give the one");
    assertThat(
            TrustedRoots.of(List.of(expired, root), issuer(MAKER))
                .end(List.of(partition, card, expired), NOW)
                .words())
        .isEqualTo("it ends at CN=maker");
  }

  @Test
  void noCardIsBelieved_underARootOfAnotherKeyOrName() {
    TestAuthority impostor = TestAuthority.rsa("maker");
    for (CardIssuer other :
        List.of(issuer(impostor), issuer("CN=another", MAKER), CardIssuer.LIQUID_SECURITY)) {
      Finding finding = end(root, other, partition, card);
      assertThat(finding.reached()).isEmpty();
      assertThat(finding.words()).isEqualTo("certificate 2 does not say that it may issue others");
    }
    assertThat(
            end(impostor.selfSigned(), issuer(MAKER), partition, impostor.issueVersion1(CARD))
                .reached())
        .isEmpty();
  }

  @Test
  void noCardIsBelieved_thatTheRootDidNotSign() {
    TestAuthority impostor = TestAuthority.rsa("maker");
    assertThat(end(root, issuer(MAKER), partition, impostor.issueVersion1(CARD)).words())
        .isEqualTo("certificate 2 was not signed by the key of the next one");
    TestAuthority other = TestAuthority.rsa("other");
    assertThat(end(root, issuer(MAKER), partition, other.issueVersion1(CARD)).reached()).isEmpty();
  }

  @Test
  void noPartitionIsBelieved_thatTheCardDidNotSign() {
    Bytes forged = TestAuthority.rsa("card").issue(PARTITION, false);
    assertThat(end(root, issuer(MAKER), forged, card).words())
        .isEqualTo("certificate 1 was not signed by the key of the next one");
  }

  @Test
  void datesCountOfCardAndPartition() {
    Bytes oldCard = MAKER.issueVersion1(CARD, BEFORE, YESTERDAY);
    assertThat(end(root, issuer(MAKER), partition, oldCard).words())
        .isEqualTo("certificate 2 has expired");
    Bytes oldPartition = CARD.issue(PARTITION, false, BEFORE, YESTERDAY);
    assertThat(end(root, issuer(MAKER), oldPartition, card).words())
        .isEqualTo("certificate 1 has expired");
    Bytes later =
        MAKER.issueVersion1(CARD, NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));
    assertThat(end(root, issuer(MAKER), partition, later).words())
        .isEqualTo("certificate 2 is not valid yet");
  }

  @Test
  void nothingElseMayBeOfVersion1() {
    // A partition, a card without one, a third certificate below, and one of another key type.
    assertThat(end(root, issuer(MAKER), CARD.issueVersion1(PARTITION), card).reached()).isEmpty();
    assertThat(end(root, issuer(MAKER), card).reached()).isEmpty();
    TestAuthority below = TestAuthority.rsa("below");
    assertThat(
            end(
                    root,
                    issuer(MAKER),
                    PARTITION.issue(below, false),
                    CARD.issue(PARTITION, true),
                    card)
                .reached())
        .isEmpty();
    TestAuthority curve = TestAuthority.named("card");
    assertThat(
            end(root, issuer(MAKER), curve.issue(PARTITION, false), MAKER.issueVersion1(curve))
                .words())
        .isEqualTo("certificate 2 uses what this Java runtime does not accept");
  }

  @Test
  void aPartitionMayNotIssueOthers() {
    TestAuthority below = TestAuthority.rsa("below");
    assertThat(end(root, issuer(MAKER), PARTITION.issue(below, false), partition, card).reached())
        .isEmpty();
  }
}
