package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

/** Whatever comes in, an exception with its code or {@code false} comes out. */
@Tag("full")
@Tag("each-engine")
class HostileInputTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");
  private static final Map<KeyAlgorithm, Bytes> SIGNATURES = new ConcurrentHashMap<>();
  private static final Map<KeyAlgorithm, SignatureVerifier> VERIFIERS = new ConcurrentHashMap<>();

  @Provide
  Arbitrary<KeyAlgorithm> asymmetric() {
    return Arbitraries.of(TestKeys.asymmetric().toList());
  }

  @Provide
  Arbitrary<KeyAlgorithm> signing() {
    return Arbitraries.of(TestKeys.signing().toList());
  }

  @Provide
  Arbitrary<KeyAlgorithm> wrapping() {
    return Arbitraries.of(TestKeys.wrapping().toList());
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void randomBytesAreNoPublicKey(
      @ForAll @Size(max = 600) byte[] bytes, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    refuses(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromSpki(bytes, algorithm));
  }

  @Property(tries = 5000, shrinking = ShrinkingMode.OFF)
  void aChangedPublicKeyIsRefused_orAnotherCanonicalOne(
      @ForAll long seed, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    byte[] changed = Mutations.of(publicKey(algorithm).spki().toByteArray(), seed);
    refusesOr(
        ErrorCode.INVALID_PUBLIC_KEY,
        () -> {
          PublicKeyInfo key = PublicKeyInfo.fromSpki(changed, algorithm);
          assertThat(PublicKeyInfo.fromSpki(key.spki().toByteArray(), algorithm)).isEqualTo(key);
        });
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void randomTextIsNoPemJwkOrJwks(
      @ForAll String text, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    refuses(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromPem(text, algorithm));
    refuses(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromJwk(text, algorithm));
    refuses(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeySet.fromJwks(text));
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void aChangedPemIsRefused_orAKey(
      @ForAll long seed, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    String changed = mutated(publicKey(algorithm).toPem(), seed);
    refusesOr(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromPem(changed, algorithm));
  }

  @Property(tries = 5000, shrinking = ShrinkingMode.OFF)
  void aChangedJwkOrJwksIsRefused_orAKey(
      @ForAll long seed, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    String changed = mutated(publicKey(algorithm).toJwk(), seed);
    refusesOr(
        ErrorCode.INVALID_PUBLIC_KEY,
        () -> PublicKeyEngine.get().parseJwk(changed, Optional.empty()));
    refusesOr(
        ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeySet.fromJwks("{\"keys\":[" + changed + "]}"));
  }

  @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
  void randomBytesAreNoSignature(
      @ForAll @Size(max = 600) byte[] bytes,
      @ForAll("signing") KeyAlgorithm algorithm,
      @ForAll SignatureEncoding encoding) {
    assertThat(verifies(algorithm, Bytes.of(bytes), encoding)).isFalse();
  }

  @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
  void aChangedSignatureIsNone(@ForAll long seed, @ForAll("signing") KeyAlgorithm algorithm) {
    Bytes signature = SIGNATURES.computeIfAbsent(algorithm, a -> TestKeys.of(a).sign(MESSAGE));
    Bytes changed = Bytes.of(Mutations.of(signature.toByteArray(), seed));
    assertThat(verifies(algorithm, changed, algorithm.defaultEncoding()))
        .isEqualTo(changed.equals(signature));
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void aChangedPrivateKeyIsRefused_orAnotherKey(
      @ForAll long seed, @ForAll("asymmetric") KeyAlgorithm algorithm) {
    try (SecretBytes good = TestKeys.of(algorithm).encode();
        SecretBytes changed = SecretBytes.takeOver(Mutations.of(good.exposeSecret(), seed))) {
      refusesOr(
          ErrorCode.INVALID_ENCODING,
          () -> LocalKey.decode(algorithm, changed, TestKeys.RANDOM).close());
    }
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void randomBytesWereNotWrapped(
      @ForAll @Size(max = 600) byte[] bytes, @ForAll("wrapping") KeyAlgorithm algorithm) {
    refuses(ErrorCode.SEALED_DATA_CORRUPT, () -> TestKeys.of(algorithm).unwrap(Bytes.of(bytes)));
  }

  private static boolean verifies(
      KeyAlgorithm algorithm, Bytes signature, SignatureEncoding encoding) {
    SignatureVerifier verifier =
        VERIFIERS.computeIfAbsent(algorithm, a -> SignatureVerifier.of(publicKey(a)));
    try {
      return verifier.verify(MESSAGE, signature, encoding);
    } catch (EnclaveException e) {
      assertThat(algorithm.hasEncoding(encoding)).isFalse();
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ENCODING);
      return false;
    }
  }

  private static String mutated(String good, long seed) {
    return new String(
        Mutations.of(good.getBytes(StandardCharsets.ISO_8859_1), seed),
        StandardCharsets.ISO_8859_1);
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }

  private static void refuses(ErrorCode code, Runnable call) {
    refusesOr(
        code,
        () -> {
          call.run();
          fail("random input was accepted");
        });
  }

  private static void refusesOr(ErrorCode code, Runnable call) {
    try {
      call.run();
    } catch (EnclaveException e) {
      assertThat(e.code()).isEqualTo(code);
    }
  }
}
