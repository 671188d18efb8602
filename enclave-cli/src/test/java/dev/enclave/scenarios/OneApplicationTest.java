package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One application with every provider on its class path and one configuration: only what its
 * environment says differs, and its keys are in another place.
 */
class OneApplicationTest {

  private Places places;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    places = new Places(folder);
  }

  @AfterEach
  void stop() {
    places.close();
  }

  @Test
  void landsInAws_whereTheEnvironmentIsAwss() {
    requireWorking(places.onAws(FakeEnvironment.empty()), BackendId.AWS_KMS);
    requireUnasked(places.azure.journal(), places.gcp.journal());
  }

  @Test
  void landsInAzure_whereTheEnvironmentIsAzures() {
    requireWorking(places.onAzure(FakeEnvironment.empty()), BackendId.AZURE_KEYVAULT);
    requireUnasked(places.aws.journal(), places.gcp.journal());
  }

  @Test
  void landsInGoogleCloud_whereTheEnvironmentIsGoogles() {
    requireWorking(places.onGoogle(FakeEnvironment.empty()), BackendId.GCP_KMS);
    requireUnasked(places.aws.journal(), places.azure.journal());
  }

  @Test
  void staysOnTheMachine_whereTheEnvironmentSaysNothing() {
    requireWorking(FakeEnvironment.empty(), BackendId.SOFTWARE);
    requireUnasked(places.aws.journal(), places.azure.journal(), places.gcp.journal());
  }

  @Test
  void choosesBetweenTwoClouds_keyByKey() {
    try (Enclave enclave = places.open(places.onGoogle(places.onAws(FakeEnvironment.empty())))) {
      SigningKey here = create(enclave, "treasury", BackendId.AWS_KMS);
      SigningKey there = create(enclave, "hot-wallet", BackendId.GCP_KMS);
      requireSigning(here);
      requireSigning(there);
      assertThat(enclave.signingKeys().key(here.handle()).handle()).isEqualTo(here.handle());
      assertThat(enclave.signingKeys().key(there.handle()).handle()).isEqualTo(there.handle());
    }
    assertThat(places.aws.journal().of("Sign")).isNotEmpty();
    assertThat(places.gcp.journal().of("AsymmetricSign")).isNotEmpty();
  }

  private static void requireUnasked(Journal... others) {
    for (Journal other : others) {
      assertThat(other.entries()).isEmpty();
    }
  }

  private static SigningKey create(Enclave enclave, String name, BackendId backend) {
    SigningKey key =
        enclave.ensureKey(
            KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256).on(backend));
    assertThat(key.handle().backend()).isEqualTo(backend);
    return key;
  }

  /** The application: it knows no cloud. */
  private void requireWorking(FakeEnvironment environment, BackendId expected) {
    try (Enclave enclave = places.open(environment)) {
      assertThat(enclave.resolution().chosen()).isEqualTo(expected);
      SigningKey key =
          enclave.ensureKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      assertThat(key.handle().backend()).isEqualTo(expected);
      SignatureValue before = requireSigning(key);
      enclave
          .admin()
          .key(key.handle())
          .rotate(
              dev.enclave.admin.RotationRequest.ifActive(key.activeVersion())
                  .reason(RotationReason.SCHEDULED));
      requireSigning(key);
      assertThat(key.verify(Message.ofUtf8("pay 10 to Alice"), before)).isTrue();
    }
  }

  private static SignatureValue requireSigning(SigningKey key) {
    Message message = Message.ofUtf8("pay 10 to Alice");
    SignatureValue signature = key.sign(message);
    assertThat(key.verify(message, signature)).isTrue();
    return signature;
  }
}
