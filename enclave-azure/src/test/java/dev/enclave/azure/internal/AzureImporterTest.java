package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Digest;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.OutsideKeys.Outside;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.crypto.Signatures;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys from elsewhere: what the vault is asked and says of them, and what a bad day leaves. */
class AzureImporterTest {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static FaultInjector faults;
  private static AzureBench bench;

  private final KeyName name = KeyName.of("key-" + NAMES.incrementAndGet());

  @BeforeAll
  static void open() {
    faults = new FaultInjector(FaultPlan.NONE);
    bench = new AzureBench(server -> server.faults(faults), Map.of());
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void forget() {
    faults.follow(FaultPlan.NONE);
    bench.server.journal().clear();
  }

  private RestoreRequest request(Outside key) {
    return key.request(name);
  }

  private static KeySnapshot restore(RestoreRequest request) throws BackendFailure {
    return bench.backend.restore(request, KeyVaults.call(request.operationId(), bench.clock));
  }

  /** As often as the engine would try. */
  private static KeySnapshot restoreWithRetries(RestoreRequest request) throws BackendFailure {
    return restoreWithRetries(bench, request);
  }

  private static KeySnapshot restoreWithRetries(AzureBench at, RestoreRequest request)
      throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        return at.backend.restore(
            request,
            CallContext.of(
                request.operationId(),
                attempt,
                Deadline.in(Duration.ofSeconds(30), at.clock),
                at.clock));
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || attempt == 8) {
          throw e;
        }
      }
    }
  }

  private static void requireCutShort(RestoreRequest request) {
    assertThat(catchThrowableOfType(BackendFailure.class, () -> restoreWithRetries(request)))
        .isNotNull();
  }

  private static BackendFailure refusal(RestoreRequest request) {
    return catchThrowableOfType(BackendFailure.class, () -> restore(request));
  }

  private BackendFailure loading() {
    return catchThrowableOfType(BackendFailure.class, () -> bench.backend.load(name, bench.call()));
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_SHA256",
        "ECDSA_SECP256K1_KECCAK256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void signsByTheVault_withAKeyFromElsewhere(SigningAlgorithm algorithm) throws BackendFailure {
    try (Outside key = OutsideKeys.of(algorithm, KeyState.ACTIVE)) {
      KeySnapshot restored = restore(request(key));
      KeyVersion active = restored.active().orElseThrow();
      assertThat(active.publicKey()).isEqualTo(key.publicKey(0));
      assertThat(active.origin()).isEqualTo(KeyOrigin.IMPORTED);
      assertThat(bench.backend.load(name, bench.call())).isEqualTo(restored);
      Digest digest =
          Digest.of(algorithm.digest().get(), new byte[algorithm.digest().get().length()]);
      RawSignature signature = bench.backend.sign(restored.ref(active), digest, bench.call());
      assertThat(
              SignatureVerifier.of(key.publicKey(0).orElseThrow())
                  .verify(
                      digest,
                      Signatures.lowS(signature.value(), algorithm, signature.encoding()),
                      signature.encoding()))
          .isTrue();
    }
  }

  @Test
  void asksTheVaultFourTimes_forAKeyOfOneVersion() throws BackendFailure {
    try (AzureBench fresh = new AzureBench();
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      RestoreRequest request = request(key);
      fresh.backend.restore(request, KeyVaults.call(request.operationId(), fresh.clock));
      assertThat(fresh.requests())
          .containsExactly("GetKeyVersions", "CreateKey", "ImportKey", "GetKeyVersions");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateKey", "ImportKey", "GetKeyVersions"})
  void restoresOneKey_whateverAnswerIsLost(String operation) throws BackendFailure {
    try (Outside key =
        OutsideKeys.of(
            SigningAlgorithm.ECDSA_P256_SHA256,
            KeyState.DISABLED,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE)) {
      boolean struck = false;
      for (int number = 1; number <= 3; number++) {
        FaultInjector losing =
            new FaultInjector(FaultPlan.NONE.on(operation, number, Fault.resetAfter()));
        // A vault has one key to wrap others with, made at the first restoration.
        try (AzureBench fresh = new AzureBench(server -> server.faults(losing), Map.of())) {
          RestoreRequest request = request(key);
          KeySnapshot restored = restoreWithRetries(fresh, request);
          struck |= losing.total() > 0;
          assertThat(restored.versions())
              .extracting(KeyVersion::state)
              .containsExactly(KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
          assertThat(restored.versions())
              .extracting(KeyVersion::publicKey)
              .containsExactly(key.publicKey(0), key.publicKey(1), key.publicKey(2));
          assertThat(fresh.backend.load(name, fresh.call())).isEqualTo(restored);
          assertThat(restoreWithRetries(fresh, request)).isEqualTo(restored);
        }
      }
      assertThat(struck).as("an answer was lost").isTrue();
    }
  }

  @Test
  void hasNoKey_whenARestorationIsCutShort_andGoesOnWithIt() throws BackendFailure {
    try (Outside key =
        OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("ImportKey", 2, 99, Fault.resetBefore()));
      RestoreRequest request = request(key);
      requireCutShort(request);
      faults.follow(FaultPlan.NONE);
      assertThat(loading().code()).isEqualTo(FailureCode.NOT_FOUND);
      assertThat(loading()).hasMessageContaining("begun and not finished");
      assertThat(bench.backend.list(bench.call())).doesNotContain(name);

      bench.server.journal().clear();
      assertThat(restore(request).versions())
          .extracting(KeyVersion::publicKey)
          .containsExactly(key.publicKey(0), key.publicKey(1));
      assertThat(bench.server.journal().of("ImportKey")).hasSize(1);
      assertThat(bench.backend.list(bench.call())).contains(name);
    }
  }

  @Test
  void leavesTheNameToOthers_whenARestorationIsCutShort() throws BackendFailure {
    try (Outside key =
        OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("ImportKey", 2, 99, Fault.resetBefore()));
      RestoreRequest slow = request(key);
      requireCutShort(slow);
      faults.follow(FaultPlan.NONE);
      KeySnapshot created = bench.create(name, SigningAlgorithm.ECDSA_P256_SHA256);
      assertThat(created.versions()).hasSize(1);

      assertThat(refusal(slow).code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      bench.clock.advance(Duration.ofMinutes(1));
      assertThat(bench.backend.load(name, bench.call())).isEqualTo(created);
      assertThat(bench.listed(name))
          .filteredOn(
              version -> version.tags().getOrDefault("enclave-made", "").startsWith("RESTORATION/"))
          .hasSize(1)
          .noneMatch(AzureImporterTest::isOn);
    }
  }

  @Test
  void findsWhatACrashLeft_amongTheOrphans_andStillGoesOnWithIt() throws BackendFailure {
    try (Outside key =
        OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("ImportKey", 2, 99, Fault.resetBefore()));
      RestoreRequest request = request(key);
      requireCutShort(request);
      faults.follow(FaultPlan.NONE);
      bench.clock.advance(Duration.ofHours(1));
      Orphan orphan =
          bench.backend.orphans(Optional.empty(), bench.call()).orphans().stream()
              .filter(o -> o.meantFor().equals(name))
              .findFirst()
              .orElseThrow();
      assertThat(bench.backend.discard(orphan, bench.call())).isTrue();
      assertThat(bench.listed(name)).hasSize(1).noneMatch(AzureImporterTest::isOn);

      assertThat(restore(request).versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }

  @Test
  void sendsNothing_whenAPrivateKeyIsNotThatOfItsPublicKey() {
    try (Outside key =
            OutsideKeys.of(
                SigningAlgorithm.ECDSA_P256_SHA256, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        Outside other = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE);
        Outside longer = OutsideKeys.of(SigningAlgorithm.ECDSA_P384_SHA384, KeyState.ACTIVE)) {
      for (Outside wrong : java.util.List.of(other, longer)) {
        BackendFailure refusal = refusal(key.withMaterial(1, wrong).request(name));
        assertThat(refusal.code()).isEqualTo(FailureCode.REJECTED);
        assertThat(refusal).hasMessageContaining("Nothing was sent");
      }
      assertThat(bench.requests()).isEmpty();
    }
  }

  @Test
  void withholdsAKey_ofWhichTheVaultNamesAnotherPublicKey() throws BackendFailure {
    try (AzureBench lying = new AzureBench();
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      String jwk =
          lying
              .create(KeyName.of("other"), SigningAlgorithm.ECDSA_P256_SHA256)
              .active()
              .flatMap(KeyVersion::publicKey)
              .orElseThrow()
              .toJwk();
      lying.rewrite(
          "ImportKey",
          body ->
              body.replaceAll("\"x\":\"[^\"]*\"", member(jwk, "x"))
                  .replaceAll("\"y\":\"[^\"]*\"", member(jwk, "y")));
      RestoreRequest request = request(key);
      BackendFailure failure =
          lying.failureOf(
              () ->
                  lying.backend.restore(
                      request, KeyVaults.call(request.operationId(), lying.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
      assertThat(lying.listed(name)).hasSize(1).noneMatch(AzureImporterTest::isOn);
    }
  }

  private static boolean isOn(ServiceKey version) {
    return version.material() == Material.ON;
  }

  private static String member(String json, String name) {
    return json.replaceAll(".*(\"" + name + "\":\"[^\"]*\").*", "$1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES_256_GCM", "RSA_OAEP_3072_SHA256", "ED25519"})
  void refusesWhatItDoesNotImport_withTheReason(KeyAlgorithm algorithm) {
    try (Outside junk = OutsideKeys.junk(algorithm)) {
      BackendFailure refusal = refusal(request(junk));
      assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
      assertThat(refusal).hasMessageContaining(algorithm + " over from elsewhere");
      assertThat(bench.requests()).isEmpty();
    }
  }

  @Test
  void saysWhichVaultsImport_whenAVaultOfTheStandardTierRefuses() {
    try (AzureBench standard = new AzureBench(server -> server.standard(), Map.of());
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      RestoreRequest request = request(key);
      BackendFailure failure =
          standard.failureOf(
              () ->
                  standard.backend.restore(
                      request, KeyVaults.call(request.operationId(), standard.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(failure).hasMessageContaining("standard tier");
    }
  }

  @Test
  void importsNothing_inAzureOperatedBy21Vianet() {
    assertThat(endpoint(AzureCloud.CHINA).imports()).isFalse();
    assertThat(endpoint(AzureCloud.PUBLIC).imports()).isTrue();
    assertThat(endpoint(AzureCloud.US_GOVERNMENT).imports()).isTrue();
  }

  private static AzureEndpoint endpoint(AzureCloud cloud) {
    return new AzureEndpoint(
        Origin.parse("https://wallets.vault.azure.net").orElseThrow(),
        Optional.of(new AzureCloud.Place(cloud, false)),
        true);
  }

  @Test
  void refusesToRestore_whereADeletedKeyStillHasTheName() throws BackendFailure {
    KeySnapshot made = bench.create(name, SigningAlgorithm.ECDSA_P256_SHA256);
    bench.backend.changeState(
        made.ref(made.active().orElseThrow()), KeyState.DESTROYED, bench.call());
    try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      BackendFailure refusal = refusal(request(key));
      assertThat(refusal.code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      assertThat(refusal)
          .hasMessageContaining("key enclave-" + name)
          .hasMessageContaining("Recover it, or take another name");
    }
  }

  @Test
  void keepsTheStampAndTheInterval_asAsked() throws BackendFailure {
    try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      RestoreRequest request =
          RestoreRequest.of(
              name, EnvironmentType.PRODUCTION, key.key(), UUID.randomUUID().toString());
      KeySnapshot restored = restore(request);
      assertThat(restored.stamp()).isEqualTo(StampReading.of(EnvironmentType.PRODUCTION));
      assertThat(restored.rotation()).isEqualTo(key.key().rotation());
    }
  }
}
