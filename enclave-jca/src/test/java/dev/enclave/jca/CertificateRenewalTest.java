package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.jca.TlsPeers.Handshake;
import dev.enclave.testkit.InMemoryEnclave;
import dev.enclave.testkit.MutableClock;
import java.math.BigInteger;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a key manager asks for certificates, and what it does until it has one. */
@Timeout(60)
class CertificateRenewalTest {

  private static final Duration LIFE = Duration.ofDays(30);

  private final MutableClock clock = new MutableClock();
  private final Enclave enclave = InMemoryEnclave.open();
  private final SigningKey key = key("tls", SigningAlgorithm.ECDSA_P256_SHA256);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger asked = new AtomicInteger();

  /** What the source does next. */
  private volatile CertificateSource next = this::issued;

  private final EnclaveKeyManager keys = manager(key);

  @BeforeEach
  void register() {
    Security.addProvider(new EnclaveProvider());
  }

  @AfterEach
  void close() {
    Security.removeProvider(EnclaveProvider.NAME);
    threads.shutdownNow();
    enclave.close();
  }

  private SigningKey key(String name, SigningAlgorithm algorithm) {
    return enclave.createKey(KeySpec.named(name).algorithm(algorithm));
  }

  private EnclaveKeyManager manager(SigningKey... of) {
    return EnclaveKeyManager.of(
        List.of(of),
        version -> {
          asked.incrementAndGet();
          return next.chain(version);
        },
        clock::now,
        SignOptions.defaults());
  }

  private Optional<List<X509Certificate>> issued(EnclavePrivateKey version) {
    return chain(version, clock.now(), LIFE);
  }

  private static Optional<List<X509Certificate>> chain(
      EnclavePrivateKey version, Instant from, Duration life) {
    return Optional.of(
        List.of(
            Certificates.selfSigned(
                version, CertificateSubject.named("CN=localhost"), from, life)));
  }

  private static Optional<List<X509Certificate>> failing(EnclavePrivateKey version) {
    throw new IllegalStateException("the authority is down");
  }

  private String choose() {
    return Objects.requireNonNull(keys.chooseServerAlias("EC", null, null));
  }

  private X509Certificate shown() {
    return Objects.requireNonNull(keys.getCertificateChain(choose()))[0];
  }

  private void requireValid(X509Certificate certificate) {
    assertThat(clock.now())
        .isAfterOrEqualTo(certificate.getNotBefore().toInstant())
        .isBefore(certificate.getNotAfter().toInstant());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCertificateThatLivesShorterThanItsVersion_isRenewedInTime(String protocol)
      throws Exception {
    // A context each, as in a resumption nobody shows a certificate.
    for (int day = 0; day < 95; day += 5) {
      Handshake seen =
          Handshake.of(
              keys.sslContext(TlsPeers.ANYBODY), keys.sslContext(TlsPeers.ANYBODY), protocol, true);

      assertThat(seen.failure()).isEmpty();
      requireValid(seen.server().orElseThrow());
      requireValid(seen.client().orElseThrow());
      clock.advance(Duration.ofDays(5));
    }

    // At first, and each time that 20 of 30 days were over.
    assertThat(asked).hasValue(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void oneHandshakeRenews_andTheOthersGoOn(String protocol) throws Exception {
    X509Certificate old = shown();
    clock.advance(Duration.ofDays(20));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    next =
        version -> {
          begun.countDown();
          awaitReal(end);
          return issued(version);
        };
    Future<X509Certificate> renewing = threads.submit(this::shown);
    awaitReal(begun);

    SSLContext context = keys.sslContext(TlsPeers.ANYBODY);
    assertThat(Handshake.of(context, TlsPeers.anonymous(), protocol, false).server()).contains(old);
    end.countDown();

    X509Certificate renewed = renewing.get(1, TimeUnit.MINUTES);
    assertThat(renewed).isNotEqualTo(old);
    assertThat(Handshake.of(context, TlsPeers.anonymous(), protocol, false).server())
        .contains(renewed);
    assertThat(asked).hasValue(2);
  }

  private static void awaitReal(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWorseAnswer_doesNotReplaceAValidChain_andThatServesUntilItsEnd() {
    X509Certificate good = shown();
    Instant end = good.getNotAfter().toInstant();
    SigningKey another = key("another", SigningAlgorithm.ECDSA_P256_SHA256);
    List<CertificateSource> worse =
        List.of(
            version -> Optional.empty(),
            version -> Optional.of(List.of()),
            CertificateRenewalTest::failing,
            version -> issued(EnclavePrivateKey.of(another)),
            version -> chain(version, clock.now().minus(LIFE), LIFE),
            version -> chain(version, clock.now().plusSeconds(60), LIFE),
            version -> chain(version, clock.now(), Duration.ofSeconds(60)));
    clock.advance(Duration.ofDays(20));
    for (CertificateSource answer : worse) {
      next = answer;
      int before = asked.get();
      clock.advance(Duration.ofHours(1));
      assertThat(shown()).isEqualTo(good);
      // Whoever comes next does not wait for it again.
      assertThat(shown()).isEqualTo(good);
      assertThat(asked).hasValue(before + 1);
    }
    next = CertificateRenewalTest::failing;
    clock.setWallClock(end.minusSeconds(1));
    assertThat(shown()).isEqualTo(good);
    next = this::issued;
    clock.advance(Duration.ofSeconds(1));
    assertThat(shown()).isNotEqualTo(good).satisfies(this::requireValid);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void whenItHasEnded_theServerSaysSo_andAnotherIsTakenSoon(String protocol) throws Exception {
    Instant end = shown().getNotAfter().toInstant();
    next = CertificateRenewalTest::failing;
    clock.setWallClock(end);
    SSLContext context = keys.sslContext(TlsPeers.ANYBODY);

    Exception failure =
        Handshake.of(context, TlsPeers.anonymous(), protocol, false).failure().orElseThrow();
    assertThat(failure)
        .cause()
        .isInstanceOf(EnclaveException.class)
        .hasMessageContaining(key.signer().keyId())
        .hasMessageContaining("until " + end)
        .hasMessageContaining("Have the CertificateSource give one");
    assertThat(Objects.requireNonNull(failure.getCause()).getSuppressed()[0])
        .hasMessage("the authority is down");
    next = this::issued;
    clock.advance(CertifiedVersions.SHARED_FAILURE);
    assertThat(Handshake.of(context, TlsPeers.anonymous(), protocol, false).server())
        .hasValueSatisfying(this::requireValid);
  }

  @Test
  void anIntermediatesEndCounts_andARootsDoesNot() throws Exception {
    EnclavePrivateKey authority =
        EnclavePrivateKey.of(key("authority", SigningAlgorithm.ECDSA_P256_SHA256));
    X509Certificate root =
        chain(authority, clock.now().minus(LIFE), Duration.ofDays(1)).orElseThrow().get(0);
    Instant end = clock.now().plus(Duration.ofDays(9));
    X509Certificate intermediate =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        new X500Principal("CN=root"),
                        BigInteger.ONE,
                        Date.from(clock.now()),
                        Date.from(end),
                        new X500Principal("CN=localhost"),
                        authority.publicKey())
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA")
                            .setProvider(Oracle.ENCLAVE)
                            .build(authority)));
    next = version -> issued(version).map(own -> List.of(own.get(0), root));
    requireValid(shown());

    enclave.admin().key("tls").rotate(RotationRequest.now());
    next = version -> issued(version).map(own -> List.of(own.get(0), intermediate, root));
    X509Certificate old = shown();
    clock.setWallClock(end);
    next = this::issued;
    assertThat(shown()).isNotEqualTo(old);
  }

  @Test
  void twentyFiveHandshakes_shareOneFailure() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    next =
        version -> {
          awaitReal(end);
          return failing(version);
        };
    SSLContext context = keys.sslContext(TlsPeers.ANYBODY);
    List<Future<Handshake>> handshakes = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      handshakes.add(
          threads.submit(() -> Handshake.of(context, TlsPeers.anonymous(), "TLSv1.3", false)));
    }
    end.countDown();
    for (Future<Handshake> handshake : handshakes) {
      assertThat(handshake.get(1, TimeUnit.MINUTES).failure().orElseThrow())
          .hasRootCauseMessage("the authority is down");
    }
    assertThat(asked).hasValue(1);

    clock.advance(CertifiedVersions.SHARED_FAILURE);
    next = this::issued;
    requireValid(shown());
    assertThat(asked).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSourceThatHangs_holdsOneHandshake_andTheOthersFailSoon(String protocol) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    next =
        version -> {
          Optional<List<X509Certificate>> issued = issued(version);
          begun.countDown();
          awaitReal(end);
          return issued;
        };
    SSLContext context = keys.sslContext(TlsPeers.ANYBODY);
    Future<X509Certificate> hanging = threads.submit(this::shown);
    awaitReal(begun);
    // They wait for ten milliseconds, then for none.
    clock.advance(CertifiedVersions.LONGEST_WAIT.minusMillis(10));
    requireUnanswered(context, protocol, "for 10 s");
    clock.advance(Duration.ofMinutes(1));
    requireUnanswered(context, protocol, "for 69 s");
    // Nor does another version have it asked while it hangs.
    enclave.admin().key("tls").rotate(RotationRequest.now());
    requireUnanswered(context, protocol, "for 69 s");
    assertThat(asked).hasValue(1);

    end.countDown();
    hanging.get(1, TimeUnit.MINUTES);
    assertThat(Handshake.of(context, TlsPeers.anonymous(), protocol, false).failure()).isEmpty();
  }

  private static void requireUnanswered(SSLContext context, String protocol, String duration)
      throws Exception {
    assertThat(Handshake.of(context, TlsPeers.anonymous(), protocol, false).failure().orElseThrow())
        .cause()
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED))
        .hasMessageContaining("CertificateSource has not answered " + duration);
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, ECDSA_P256_SHA256",
    "TLSv1.3, ECDSA_P256_SHA256",
    "TLSv1.2, ED25519",
    "TLSv1.3, ED25519",
  })
  void aKeyWithoutAValidChain_isPassedOver_onBothSides(String protocol, SigningAlgorithm algorithm)
      throws Exception {
    SigningKey second = key("second", algorithm);
    List<CertificateSource> useless =
        List.of(
            version -> chain(version, clock.now().minus(LIFE), LIFE),
            version -> chain(version, clock.now().plusSeconds(60), LIFE),
            version -> Optional.empty(),
            CertificateRenewalTest::failing);
    for (CertificateSource ofFirst : useless) {
      next =
          version ->
              version.keyName().value().equals("tls") ? ofFirst.chain(version) : issued(version);
      SSLContext context = manager(key, second).sslContext(TlsPeers.ANYBODY);

      Handshake seen = Handshake.of(context, context, protocol, true);

      assertThat(seen.failure()).isEmpty();
      assertThat(seen.server().orElseThrow().getPublicKey().getEncoded())
          .isEqualTo(second.publicKey().spki().toByteArray());
      assertThat(seen.client()).isEqualTo(seen.server());
      next = ofFirst;
      SSLContext none = manager(key, second).sslContext(TlsPeers.ANYBODY);
      assertThat(Handshake.of(none, TlsPeers.anonymous(), protocol, false).failure()).isPresent();
      assertThat(Handshake.of(context, none, protocol, true).failure()).isPresent();
    }
  }

  @Test
  void aClientWithoutAValidChain_fails_andIsNotAnonymous() {
    next = version -> chain(version, clock.now().minus(LIFE), LIFE);

    assertThatThrownBy(() -> keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null))
        .isInstanceOf(EnclaveException.class)
        .hasMessageContaining("until " + clock.now());
  }

  @Test
  void aVersionThatWasChosen_isThereForTenSeconds_howeverManyFollow() {
    String chosen = choose();
    for (int i = 0; i < 5; i++) {
      enclave.admin().key("tls").rotate(RotationRequest.now());
      choose();
    }
    clock.advance(CertifiedVersions.GRACE);
    choose();
    assertThat(keys.getPrivateKey(chosen)).isNotNull();
    assertThat(keys.getCertificateChain(chosen)).isNotNull();

    clock.advance(Duration.ofMillis(1));
    enclave.admin().key("tls").rotate(RotationRequest.now());
    choose();
    assertThat(keys.getPrivateKey(chosen)).isNull();
  }
}
