package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.campaign.RealStatement;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.internal.opening.EnclaveEngine.Parts;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.internal.opening.StatementVerifier;
import dev.enclave.internal.opening.StatementVerifier.Presented;
import dev.enclave.internal.opening.StatementVerifier.Verdict;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements of real HSMs, by the real roots of manufacturer and Google. */
class RealStatementTest {

  private static final String MANUFACTURER =
      "CN=localca.liquidsecurity.cavium.com,OU=LiquidSecurity,O=Cavium\\, Inc.,L=San"
          + " Jose,ST=California,C=US";
  private static final String GOOGLE =
      "CN=Hawksbill Root v1 prod,O=Google Inc,L=Mountain View,ST=CA,C=US";

  private static final StatementVerifier VERIFIER =
      ServiceLoader.load(StatementVerifier.class).findFirst().orElseThrow();

  /** Where the certificates of a file stand. */
  private static final int OLD_ROOT = 0;

  private static final int CARD = 1;
  private static final int PARTITION = 2;
  private static final int GOOGLES_CARD = 4;
  private static final int GOOGLES_PARTITION = 5;

  /** In a test that has time for every bit, and in one that has not. */
  private static final int EACH = 1;

  private static final int SOME = 97;

  private static Verdict judge(
      Bytes statement, List<Bytes> certificates, List<Bytes> roots, Bytes publicKey, Instant at) {
    TimeSource clock = new MutableClock(at);
    Parts none = Parts.none();
    Parts parts =
        new Parts(
            List.of(new GcpKmsBackendProvider()),
            none.detectors(),
            none.auditOutputs(),
            none.observers(),
            none.rotationListeners(),
            none.deferral(),
            none.auditSink(),
            none.environment(),
            none.secrets(),
            Optional.of(clock),
            none.scheduler(),
            none.random());
    return VERIFIER.judge(
        new Request(List.of(), List.of(), Optional.empty(), parts, false),
        new Presented(statement, certificates, roots, Optional.of(publicKey)));
  }

  private static Verdict judge(RealStatement real, List<Bytes> roots) {
    return judge(
        Bytes.of(real.unpacked()),
        RealStatement.der(real.certificates()),
        roots,
        real.publicKey(),
        RealStatement.THEN);
  }

  private static List<Bytes> roots(RealStatement real) {
    return RealStatement.der(real.roots());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isProven_byManufacturerAndGoogle(String name) {
    RealStatement real = RealStatement.of(name);
    Verdict verdict = judge(real, roots(real));

    assertThat(verdict.doubts()).isEmpty();
    assertThat(verdict.proven()).isTrue();
    assertThat(verdict.format()).contains("CAVIUM_V2_COMPRESSED");
    assertThat(verdict.checks()).containsExactlyInAnyOrder(Check.SIGNATURE, Check.PUBLIC_KEY);
    assertThat(verdict.facts())
        .containsEntry("made in the HSM", "yes")
        .containsEntry("extractable", "no")
        .containsEntry("never extractable", "yes")
        .hasEntrySatisfying("id", id -> assertThat(id).matches("([0-9a-f]{16} ){7}[0-9a-f]{16}"));
    assertThat(verdict.chains())
        .extracting(Chain::of)
        .containsExactlyInAnyOrder(
            "manufacturer", "Google, of the partition", "Google, of the card");
    assertThat(verdict.chains())
        .extracting(chain -> chain.root().orElse("none"))
        .containsExactlyInAnyOrder(MANUFACTURER, GOOGLE, GOOGLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isProven_byEitherAlone(String name) {
    RealStatement real = RealStatement.of(name);
    for (Bytes root : roots(real)) {
      assertThat(judge(real, List.of(root)).doubts()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isNotProven_byTheManufacturersExpiredRoot(String name) {
    RealStatement real = RealStatement.of(name);
    Bytes expired = RealStatement.der(real.certificates()).get(OLD_ROOT);
    Verdict verdict = judge(real, List.of(expired));

    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.doubts())
        .anySatisfy(doubt -> assertThat(doubt).contains("its root has expired"));
    Instant before = Instant.parse("2025-01-01T00:00:00Z");
    assertThat(
            judge(
                    Bytes.of(real.unpacked()),
                    RealStatement.der(real.certificates()),
                    List.of(expired),
                    real.publicKey(),
                    before)
                .doubts())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isNotProven_afterItsCertificatesHaveExpired(String name) {
    RealStatement real = RealStatement.of(name);
    Verdict verdict =
        judge(
            Bytes.of(real.unpacked()),
            RealStatement.der(real.certificates()),
            roots(real),
            real.publicKey(),
            RealStatement.THEN.plus(Duration.ofDays(3650)));

    assertThat(verdict.proven()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isNotProven_onAnotherPublicKey(String name) {
    RealStatement real = RealStatement.of(name);
    Verdict verdict =
        judge(
            Bytes.of(real.unpacked()),
            RealStatement.der(real.certificates()),
            roots(real),
            RealStatement.der(real.otherPublicKey()).get(0),
            RealStatement.THEN);

    assertThat(verdict.doubts()).hasSize(1);
    assertThat(verdict.doubts().get(0)).contains("another public key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void isNotProven_byCertificatesOfAnotherHsm(String name) {
    RealStatement real = RealStatement.of(name);
    RealStatement other = RealStatement.of(name.equals("ec") ? "rsa" : "ec");
    assertThat(
            judge(
                    Bytes.of(real.unpacked()),
                    RealStatement.der(other.certificates()),
                    roots(real),
                    real.publicKey(),
                    RealStatement.THEN)
                .doubts())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  @Tag("full")
  void noBitOfTheStatementMayChange(String name) {
    noBitOfTheStatementMayChange(RealStatement.of(name), EACH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  @Tag("full")
  void noBitOfACertificateMayChange(String name) {
    noBitOfACertificateMayChange(RealStatement.of(name), EACH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec", "rsa"})
  void bitsHereAndThereMayNotChange(String name) {
    RealStatement real = RealStatement.of(name);
    noBitOfTheStatementMayChange(real, SOME);
    noBitOfACertificateMayChange(real, SOME);
  }

  private static void noBitOfTheStatementMayChange(RealStatement real, int step) {
    byte[] statement = real.unpacked();
    List<Bytes> certificates = RealStatement.der(real.certificates());
    List<Bytes> roots = roots(real);
    Bytes key = real.publicKey();
    int[] believed =
        bits(0, statement.length, step)
            .filter(
                bit ->
                    judge(changed(statement, bit), certificates, roots, key, RealStatement.THEN)
                        .proven())
            .toArray();
    assertThat(believed).isEmpty();
  }

  private static void noBitOfACertificateMayChange(RealStatement real, int step) {
    Bytes statement = Bytes.of(real.unpacked());
    List<Bytes> certificates = RealStatement.der(real.certificates());
    List<Bytes> roots = roots(real);
    Bytes key = real.publicKey();
    for (int which : new int[] {CARD, PARTITION, GOOGLES_CARD, GOOGLES_PARTITION}) {
      byte[] certificate = certificates.get(which).toByteArray();
      byte[] signed = signedPart(certificate);
      int from = indexOf(certificate, signed);
      int[] believed =
          bits(from, from + signed.length, step)
              .filter(
                  bit -> {
                    List<Bytes> other = new ArrayList<>(certificates);
                    other.set(which, changed(certificate, bit));
                    return judge(statement, other, roots, key, RealStatement.THEN).proven();
                  })
              .toArray();
      assertThat(believed).as("certificate %d", which).isEmpty();
    }
  }

  private static IntStream bits(int fromByte, int toByte, int step) {
    int first = fromByte * Byte.SIZE;
    int count = (toByte - fromByte) * Byte.SIZE;
    return IntStream.range(0, (count + step - 1) / step).parallel().map(i -> first + i * step);
  }

  private static Bytes changed(byte[] content, int bit) {
    byte[] changed = content.clone();
    changed[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
    return Bytes.of(changed);
  }

  private static byte[] signedPart(byte[] certificate) {
    try {
      return ((X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate)))
          .getTBSCertificate();
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int indexOf(byte[] whole, byte[] part) {
    return IntStream.rangeClosed(0, whole.length - part.length)
        .filter(at -> java.util.Arrays.equals(whole, at, at + part.length, part, 0, part.length))
        .findFirst()
        .orElseThrow();
  }
}
