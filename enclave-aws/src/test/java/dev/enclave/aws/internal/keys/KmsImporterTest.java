package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.Digest;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.Signatures;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.model.OriginType;

/** Keys from elsewhere: what KMS is asked, what it says of them, and what is left of a bad day. */
class KmsImporterTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static FaultInjector faults;
  // One for all: a server's wrapping keys take seconds to make.
  private static KmsBench bench;

  private final KeyName name = KeyName.of("key-" + NAMES.incrementAndGet());

  @BeforeAll
  static void open() {
    faults = new FaultInjector(FaultPlan.NONE);
    bench = new KmsBench(server -> server.faults(faults));
    bench.warmImports();
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

  static ExportedKey key(KeyAlgorithm algorithm, KeyState... states) {
    List<Version> versions = new ArrayList<>();
    for (KeyState state : states) {
      try (LocalKey key = LocalKey.generate(algorithm, RANDOM)) {
        versions.add(
            Version.of(
                KeyVersionId.of("v" + versions.size()),
                state,
                Instant.EPOCH,
                key.publicKey(),
                state == KeyState.DESTROYED ? Optional.empty() : Optional.of(key.encode())));
      }
    }
    return ExportedKey.of(
        KmsBench.NAME, algorithm, RotationInterval.NEVER, Optional.empty(), versions);
  }

  private RestoreRequest request(ExportedKey key) {
    return RestoreRequest.of(name, EnvironmentType.PRODUCTION, key, KmsBench.newId());
  }

  private KeySnapshot restore(RestoreRequest request) throws BackendFailure {
    return bench.backend.restore(request, bench.call(request.operationId()));
  }

  /** As often as the engine would try. */
  private KeySnapshot restoreWithRetries(RestoreRequest request) throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        return bench.backend.restore(
            request,
            CallContext.of(
                request.operationId(),
                attempt,
                Deadline.in(Duration.ofSeconds(30), bench.clock),
                bench.clock));
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || attempt == 8) {
          throw e;
        }
      }
    }
  }

  /** As a process that knows nothing yet sees it. */
  private KeySnapshot loadAnew() throws BackendFailure {
    try (CapableBackend other = bench.open()) {
      return other.load(name, bench.call());
    }
  }

  private BackendFailure refusal(RestoreRequest request) {
    return catchThrowableOfType(BackendFailure.class, () -> restore(request));
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_SHA256",
        "ECDSA_SECP256K1_KECCAK256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256",
        "RSA_PSS_3072_SHA256"
      })
  void signsByKms_withAKeyFromElsewhere(SigningAlgorithm algorithm) throws BackendFailure {
    try (ExportedKey outside = key(algorithm, KeyState.ACTIVE)) {
      KeySnapshot restored = restore(request(outside));
      KeyVersion active = restored.active().orElseThrow();
      assertThat(active.publicKey()).isEqualTo(outside.versions().get(0).publicKey());
      assertThat(active.origin()).isEqualTo(KeyOrigin.IMPORTED);
      assertThat(active.assurance()).isEqualTo(Assurance.HSM);
      assertThat(loadAnew()).isEqualTo(restored);
      assertThat(
              bench.console().describeKey(r -> r.keyId(active.id().value())).keyMetadata().origin())
          .isEqualTo(OriginType.EXTERNAL);
      bench.server.journal().clear();
      SigningInput input = input(algorithm);
      RawSignature signature = bench.backend.sign(restored.ref(active), input, bench.call());
      assertThat(bench.requests()).containsExactly("Sign");
      assertThat(
              SignatureVerifier.of(outside.versions().get(0).publicKey().orElseThrow())
                  .verify(
                      input,
                      Signatures.lowS(signature.value(), algorithm, signature.encoding()),
                      signature.encoding()))
          .isTrue();
    }
  }

  private static SigningInput input(KeyAlgorithm algorithm) {
    return algorithm.digest().isPresent()
        ? Digest.of(algorithm.digest().get(), new byte[algorithm.digest().get().length()])
        : Message.ofUtf8("pay 10 to Alice");
  }

  @Test
  void asksKmsElevenTimes_forAKeyOfOneVersion() throws BackendFailure {
    try (ExportedKey outside = key(KmsBench.ALGORITHM, KeyState.ACTIVE)) {
      restore(request(outside));
      assertThat(bench.requests())
          .containsExactly(
              "DescribeKey",
              "DescribeKey",
              "DescribeKey",
              "DescribeKey",
              "DescribeKey",
              "CreateKey",
              "GetParametersForImport",
              "ImportKeyMaterial",
              "DescribeKey",
              "GetPublicKey",
              "CreateAlias");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CreateKey",
        "GetParametersForImport",
        "ImportKeyMaterial",
        "DescribeKey",
        "GetPublicKey",
        "CreateAlias",
        "TagResource",
        "DisableKey"
      })
  void restoresOneKey_whateverAnswerIsLost(String operation) throws BackendFailure {
    try (ExportedKey outside =
        key(KmsBench.ALGORITHM, KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      for (int number = 1; number <= 3; number++) {
        faults.follow(FaultPlan.NONE.on(operation, number, Fault.resetAfter()));
        RestoreRequest request =
            RestoreRequest.of(
                KeyName.of(name + "-" + number),
                EnvironmentType.PRODUCTION,
                outside,
                KmsBench.newId());

        KeySnapshot restored = restoreWithRetries(request);

        faults.follow(FaultPlan.NONE);
        assertThat(restored.versions())
            .extracting(KeyVersion::state)
            .containsExactly(KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        KeySnapshot read = bench.backend.load(request.name(), bench.call());
        assertThat(read).isEqualTo(restored);
        assertThat(restoreWithRetries(request)).isEqualTo(restored);
        assertThat(read.active().orElseThrow().publicKey())
            .isEqualTo(outside.versions().get(2).publicKey());
      }
      assertThat(bench.server.journal().entries()).anyMatch(e -> e.fault().isPresent());
    }
  }

  @Test
  void signsNothing_whenARestorationOfSeveralVersionsIsCutShort() throws BackendFailure {
    try (ExportedKey outside = key(KmsBench.ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("CreateAlias", 2, 99, Fault.resetBefore()));
      RestoreRequest request = request(outside);
      assertThatThrownBy(() -> restoreWithRetries(request)).isInstanceOf(BackendFailure.class);
      faults.follow(FaultPlan.NONE);

      assertThat(loadAnew().active()).isEmpty();
      assertThat(restore(request).active()).isPresent();
    }
  }

  @Test
  void leavesNoKmsKeyInUse_whenAPrivateKeyIsNotThatOfItsPublicKey() throws BackendFailure {
    try (ExportedKey one = key(KmsBench.ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        ExportedKey other = key(KmsBench.ALGORITHM, KeyState.ACTIVE)) {
      Version active = one.versions().get(1);
      Version mixed =
          Version.of(
              active.id(),
              active.state(),
              active.createdAt(),
              other.versions().get(0).publicKey(),
              active.material());
      ExportedKey wrong =
          ExportedKey.of(
              one.name(),
              one.algorithm(),
              one.rotation(),
              one.stamp(),
              List.of(one.versions().get(0), mixed));

      assertThat(refusal(request(wrong)).code()).isEqualTo(FailureCode.REJECTED);

      assertThat(bench.server.journal().of("CreateAlias")).isEmpty();
      requireAllDoomed();
    }
  }

  private static void requireAllDoomed() {
    assertThat(bench.server.journal().of("CreateKey"))
        .isNotEmpty()
        .allSatisfy(
            made ->
                assertThat(
                        bench
                            .console()
                            .describeKey(r -> r.keyId(made.keyId().orElseThrow()))
                            .keyMetadata()
                            .keyStateAsString())
                    .isEqualTo("PendingDeletion"));
  }

  @Test
  void refusesAPrivateKeyOfAnotherAlgorithm_inKmsOwnWords() {
    try (ExportedKey one = key(KmsBench.ALGORITHM, KeyState.ACTIVE);
        ExportedKey other = key(SigningAlgorithm.ECDSA_P384_SHA384, KeyState.ACTIVE)) {
      Version version = one.versions().get(0);
      ExportedKey wrong =
          ExportedKey.of(
              one.name(),
              one.algorithm(),
              one.rotation(),
              one.stamp(),
              List.of(
                  Version.of(
                      version.id(),
                      version.state(),
                      version.createdAt(),
                      version.publicKey(),
                      other.versions().get(0).material())));

      BackendFailure refusal = refusal(request(wrong));

      assertThat(refusal.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(refusal).hasMessageContaining("IncorrectKeyMaterialException");
      assertThat(bench.server.journal().of("CreateAlias")).isEmpty();
    }
  }

  @Test
  void givesItsKmsKeysUp_whenAnotherOperationWasFaster() throws BackendFailure {
    try (ExportedKey outside = key(KmsBench.ALGORITHM, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.on("CreateAlias", 1, Fault.resetBefore()));
      RestoreRequest slow = request(outside);
      refusal(slow);
      KeySnapshot winner = bench.create(name);

      assertThat(refusal(slow).code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      assertThat(bench.backend.load(name, bench.call())).isEqualTo(winner);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES_256_GCM", "RSA_OAEP_3072_SHA256", "RSA_OAEP_4096_SHA256"})
  void refusesWrappingKeys_withTheReason(KeyAlgorithm algorithm) {
    try (ExportedKey junk =
        ExportedKey.of(
            KmsBench.NAME,
            algorithm,
            RotationInterval.NEVER,
            Optional.empty(),
            List.of(
                Version.of(
                    KeyVersionId.of("1"),
                    KeyState.ACTIVE,
                    Instant.EPOCH,
                    Optional.empty(),
                    Optional.of(SecretBytes.takeOver(new byte[32])))))) {
      BackendFailure refusal = refusal(request(junk));

      assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
      assertThat(refusal)
          .hasMessageContaining(
              algorithm + " over from elsewhere: it gives the versions of the key other ids");
      assertThat(bench.requests()).isEmpty();
    }
  }

  @Test
  void findsWhatACrashLeft_amongTheOrphans() throws BackendFailure {
    try (ExportedKey outside = key(KmsBench.ALGORITHM, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.every("ImportKeyMaterial", 1, Fault.resetBefore()));
      refusal(request(outside));
      faults.follow(FaultPlan.NONE);
      bench.clock.advance(Duration.ofHours(1));

      assertThat(bench.orphans(bench.backend)).extracting(Orphan::meantFor).contains(name);
    }
  }
}
