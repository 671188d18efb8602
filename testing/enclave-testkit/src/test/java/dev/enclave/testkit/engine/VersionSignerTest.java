package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What names the version before it signs gets that version's signature, or none. */
final class VersionSignerTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] SIGNING_INPUT =
      "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI3In0".getBytes(StandardCharsets.US_ASCII);
  private static final KeySpec<SigningKey> ISSUER =
      KeySpec.named("issuer").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);

  private Enclave open() {
    return Bench.in("production").with(cloud).open();
  }

  @Test
  void namesTheVersionAsTheKeySetDoes_andSignsWithIt() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(ISSUER);
      VersionSigner signer = key.signer();
      PublicKeySet published = key.publicKeys();

      assertThat(signer.keyId())
          .isEqualTo("issuer/" + key.activeVersion().id())
          .isEqualTo(published.entries().get(0).keyId());
      assertThat(signer.publicKey()).isEqualTo(published.byKeyId(signer.keyId()).orElseThrow());
      assertThat(signer.sign(MESSAGE).keyId()).isEqualTo(signer.keyId());
      assertThat(signer.sign(MESSAGE).version()).isEqualTo(signer.version());
    }
  }

  @Test
  void signsNothing_onceItsVersionWasReplaced() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(ISSUER);
      VersionSigner signer = key.signer();
      enclave.admin().key("issuer").rotate(RotationRequest.now());

      assertThat(refused(ErrorCode.KEY_NOT_ACTIVE, () -> signer.sign(MESSAGE)))
          .contains(signer.version().value(), "another signer");
      assertThat(key.signer().sign(MESSAGE).version()).isEqualTo(key.activeVersion().id());
    }
  }

  /** The reading says that the version is active; the signature is that version's, or none. */
  @Test
  void signsWithNoOtherVersion_whenAnotherReplicaRotatedMeanwhile() {
    try (Enclave here = open();
        Enclave there = open()) {
      SigningKey key = here.createKey(ISSUER);
      VersionSigner signer = key.signer();
      KeyVersionId next = there.admin().key("issuer").rotate(RotationRequest.now()).active().id();

      assertThat(refused(ErrorCode.KEY_NOT_ACTIVE, () -> signer.sign(MESSAGE)))
          .contains("issuer", "take another signer");
      // At once, though the reading that promised the version is young.
      assertThat(key.signer().sign(MESSAGE).version()).isEqualTo(next);
    }
  }

  @Test
  void signsForAMomentWithAVersionThatAnotherReplicaReplaced_ifAsked_andNeverOnceDisabled() {
    try (Enclave here = open();
        Enclave there = open()) {
      SigningKey key = here.createKey(ISSUER);
      VersionSigner signer = key.signer();
      VersionSigner held = key.signer(Duration.ofSeconds(10));
      ManagedKey elsewhere = there.admin().key("issuer");
      elsewhere.rotate(RotationRequest.now());

      assertThat(held.sign(MESSAGE).version()).isEqualTo(signer.version());
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> signer.sign(MESSAGE));
      elsewhere.disable(signer.version());
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> held.sign(MESSAGE));
    }
  }

  @Test
  void refusesAGraceThatIsNegativeOrLongerThanAMinute() {
    try (Enclave enclave = Bench.in("local").with(new InMemoryProvider()).open()) {
      SigningKey key = enclave.createKey(ISSUER);

      assertThat(key.signer(Duration.ofMinutes(1)).sign(MESSAGE)).isNotNull();
      refused(ErrorCode.INVALID_ARGUMENT, () -> key.signer(Duration.ofMillis(60_001)));
      refused(ErrorCode.INVALID_ARGUMENT, () -> key.signer(Duration.ofNanos(-1)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256", "ECDSA_P384_SHA384", "RSA_PSS_2048_SHA256"})
  void signsAsJoseLaysSignaturesOut(SigningAlgorithm algorithm) {
    try (Enclave enclave = Bench.in("local").with(new InMemoryProvider()).open()) {
      VersionSigner signer =
          enclave.createKey(KeySpec.named("issuer").algorithm(algorithm)).signer();
      byte[] signature = signer.signJws(SIGNING_INPUT);
      SignatureEncoding layout =
          algorithm.hasEncoding(SignatureEncoding.P1363)
              ? SignatureEncoding.P1363
              : SignatureEncoding.RAW;

      assertThat(
              SignatureVerifier.of(signer.publicKey())
                  .verify(Message.of(SIGNING_INPUT), signature, layout))
          .isTrue();
    }
  }

  @Test
  void refusesToSignForJose_whatJoseHasNoNameFor() {
    try (Enclave enclave = Bench.in("local").with(new InMemoryProvider()).open()) {
      VersionSigner signer =
          enclave
              .createKey(
                  KeySpec.named("coins").algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256))
              .signer();

      refused(ErrorCode.UNSUPPORTED_ALGORITHM, () -> signer.signJws(SIGNING_INPUT));
    }
  }
}
