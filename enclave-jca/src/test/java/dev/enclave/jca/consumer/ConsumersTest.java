package dev.enclave.jca.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.jca.CertificateSubject;
import dev.enclave.jca.Certificates;
import dev.enclave.jca.EnclavePrivateKey;
import dev.enclave.jca.EnclaveProvider;
import dev.enclave.testkit.InMemoryEnclave;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every library with every kind of key in every place; what came of it are the tables of {@code
 * docs/jca.md}.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class ConsumersTest {

  static final List<SigningAlgorithm> ALGORITHMS =
      List.of(
          SigningAlgorithm.ED25519,
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.RSA_PSS_2048_SHA256,
          SigningAlgorithm.RSA_PKCS1_2048_SHA256);

  static final List<Consumer> CONSUMERS =
      List.of(
          Servers.jsse13(),
          Servers.jsse12(),
          Servers.jetty(),
          Servers.netty(),
          Ssh.mina(),
          Tokens.nimbus(),
          Tokens.jjwt(),
          Tokens.jose4j(),
          Tokens.javaJwt(),
          Documents.cms(),
          Documents.tsp(),
          Documents.xml(),
          Documents.jar());

  @BeforeAll
  static void register() {
    Security.addProvider(new EnclaveProvider());
  }

  @AfterAll
  static void remove() {
    Security.removeProvider(EnclaveProvider.NAME);
  }

  @Test
  void eachTakesEveryKey_butThoseNamed(@TempDir Path folder) throws Exception {
    Outcomes outcomes = new Outcomes();
    for (Places place : Places.values()) {
      useAll(place, folder, outcomes);
    }

    assertThat(outcomes.surprises()).isEmpty();
    Guide.named("jca.md").requireGenerated("consumers", outcomes.tables(CONSUMERS, ALGORITHMS));
  }

  /** Why the guide has a class for it. */
  @Test
  void minaSshd_byItself_signsByBouncyCastle() {
    try (Enclave enclave = InMemoryEnclave.open()) {
      EnclavePrivateKey key =
          EnclavePrivateKey.of(
              enclave.ensureKey(
                  KeySpec.named("host").algorithm(SigningAlgorithm.ECDSA_P256_SHA256)));

      assertThatThrownBy(() -> BuiltinSignatures.nistp256.create().initSigner(null, key))
          .hasMessageContaining("no encoding for EC private key");
    }
  }

  static void useAll(Places place, Path folder, Outcomes outcomes) {
    try (Places.Place opened = place.open(folder)) {
      for (SigningAlgorithm algorithm : ALGORITHMS) {
        Optional<Certified> key = key(place, opened, algorithm);
        if (key.isPresent()) {
          CONSUMERS.forEach(consumer -> outcomes.use(place, consumer, key.get()));
        }
      }
    }
  }

  /** None where the place does not have the algorithm, which it has to say. */
  private static Optional<Certified> key(
      Places place, Places.Place opened, SigningAlgorithm algorithm) {
    String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
    KeySpec<SigningKey> spec = KeySpec.named(name).algorithm(algorithm);
    if (place.lacking().containsKey(algorithm)) {
      assertThatExceptionOfType(EnclaveException.class)
          .isThrownBy(() -> opened.enclave().ensureKey(spec))
          .returns(ErrorCode.UNSUPPORTED_ALGORITHM, EnclaveException::code);
      return Optional.empty();
    }
    SigningKey key = opened.enclave().ensureKey(spec);
    EnclavePrivateKey version = EnclavePrivateKey.of(key);
    return Optional.of(
        new Certified(
            key,
            version,
            Certificates.selfSigned(
                version,
                CertificateSubject.named("CN=" + name),
                Instant.parse("2026-01-01T00:00:00Z"),
                Duration.ofDays(36_500))));
  }
}
