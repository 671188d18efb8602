package dev.enclave.gcp.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.protobuf.ByteString;
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
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.Signatures;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.gcp.internal.Bench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** Keys from elsewhere: what KMS is asked, what it says of them, and what is left of a bad day. */
class GcpImporterTest {

  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static FaultInjector faults;
  // One for all: an import job's key takes seconds to make.
  private static Bench bench;

  private final KeyName name = KeyName.of("key-" + NAMES.incrementAndGet());

  @BeforeAll
  static void start() {
    faults = new FaultInjector(FaultPlan.NONE);
    bench = Bench.start(GcpKmsServer.builder().faults(faults));
    bench.warmImports();
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @BeforeEach
  void forget() {
    faults.follow(FaultPlan.NONE);
    bench.tampering().stop();
    bench.server().journal().clear();
  }

  private static ExportedKey key(KeyAlgorithm algorithm, KeyState... states) {
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
    return exported(algorithm, versions);
  }

  private static ExportedKey exported(KeyAlgorithm algorithm, List<Version> versions) {
    return ExportedKey.of(
        KeyName.of("outside"), algorithm, RotationInterval.NEVER, Optional.empty(), versions);
  }

  private RestoreRequest request(ExportedKey key) {
    return RestoreRequest.of(
        name, EnvironmentType.DEVELOPMENT, key, "restore-" + UUID.randomUUID());
  }

  private static CallContext call(RestoreRequest request, int attempt) {
    return CallContext.of(
        request.operationId(),
        attempt,
        Deadline.in(Duration.ofSeconds(30), bench.clock()),
        bench.clock());
  }

  private static KeySnapshot restore(RestoreRequest request) throws BackendFailure {
    return bench.backend().restore(request, call(request, 1));
  }

  /** As often as the engine would try. */
  private static KeySnapshot restoreWithRetries(RestoreRequest request) throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        return bench.backend().restore(request, call(request, attempt));
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || attempt == 8) {
          throw e;
        }
      }
    }
  }

  private static BackendFailure refusal(RestoreRequest request) {
    return catchThrowableOfType(BackendFailure.class, () -> restore(request));
  }

  /** As a process that knows nothing yet sees it. */
  private KeySnapshot loadAnew() throws BackendFailure {
    try (CapableBackend other = bench.another()) {
      return other.load(name, bench.call());
    }
  }

  private void requireNoKey() {
    for (boolean anew : new boolean[] {false, true}) {
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class,
                      () -> {
                        if (anew) {
                          loadAnew();
                        } else {
                          bench.backend().load(name, bench.call());
                        }
                      })
                  .code())
          .isEqualTo(FailureCode.NOT_FOUND);
    }
  }

  private static List<String> requests() {
    return bench.server().journal().entries().stream().map(JournalEntry::operation).toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_SECP256K1_SHA256",
        "ECDSA_SECP256K1_KECCAK256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void signsByKms_withAKeyFromElsewhere(SigningAlgorithm algorithm) throws BackendFailure {
    try (ExportedKey outside = key(algorithm, KeyState.ACTIVE)) {
      KeySnapshot restored = restore(request(outside));
      KeyVersion active = restored.active().orElseThrow();
      assertThat(active.publicKey()).isEqualTo(outside.versions().get(0).publicKey());
      assertThat(active.origin()).isEqualTo(KeyOrigin.IMPORTED);
      assertThat(active.assurance()).isEqualTo(Assurance.HSM);
      assertThat(loadAnew()).isEqualTo(restored);
      bench.server().journal().clear();

      SigningInput input = input(algorithm);
      RawSignature signature = bench.backend().sign(restored.ref(active), input, bench.call());

      assertThat(requests()).containsExactly("AsymmetricSign");
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
  void asksKmsFiveTimes_forAKeyOfOneVersion_onceThereIsAJob() throws BackendFailure {
    try (ExportedKey first = key(ALGORITHM, KeyState.ACTIVE);
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      bench
          .backend()
          .restore(
              RestoreRequest.of(
                  KeyName.of(name + "-before"),
                  EnvironmentType.DEVELOPMENT,
                  first,
                  "before-" + name),
              bench.call());
      bench.server().journal().clear();
      restore(request(outside));
      assertThat(requests())
          .containsExactly(
              "GetCryptoKey",
              "CreateCryptoKey",
              "ImportCryptoKeyVersion",
              "GetPublicKey",
              "CreateCryptoKey");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CreateCryptoKey",
        "GetCryptoKey",
        "ListCryptoKeyVersions",
        "ImportCryptoKeyVersion",
        "GetPublicKey",
        "UpdateCryptoKeyVersion"
      })
  void restoresOneKey_whateverAnswerIsLost(String operation) throws BackendFailure {
    try (ExportedKey outside =
        key(ALGORITHM, KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      for (int number = 1; number <= 3; number++) {
        FaultPlan plan = FaultPlan.NONE.on(operation, number, Fault.resetAfter());
        // Versions are listed once an attempt has failed.
        faults.follow(
            operation.equals("ListCryptoKeyVersions")
                ? FaultPlan.NONE
                    .on("ImportCryptoKeyVersion", number, Fault.resetAfter())
                    .on(operation, 1, Fault.resetAfter())
                : plan);
        RestoreRequest request =
            RestoreRequest.of(
                KeyName.of(name + "-" + number),
                EnvironmentType.DEVELOPMENT,
                outside,
                "op-" + UUID.randomUUID());

        KeySnapshot restored = restoreWithRetries(request);

        faults.follow(FaultPlan.NONE);
        assertThat(restored.versions())
            .extracting(KeyVersion::state)
            .containsExactly(KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        KeySnapshot read = bench.backend().load(request.name(), bench.call());
        assertThat(read).isEqualTo(restored);
        assertThat(restoreWithRetries(request)).isEqualTo(restored);
        assertThat(read.active().orElseThrow().publicKey())
            .isEqualTo(outside.versions().get(2).publicKey());
      }
      assertThat(bench.server().journal().entries()).anyMatch(e -> e.fault().isPresent());
      assertThat(bench.server().journal().of("ImportCryptoKeyVersion"))
          .as("imported once each, lost answers included")
          .hasSize(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateImportJob", "GetImportJob"})
  void makesOneImportJob_whateverAnswerIsLost(String operation) throws BackendFailure {
    FaultInjector ownFaults = new FaultInjector(FaultPlan.NONE);
    try (Bench own = Bench.start(GcpKmsServer.builder().faults(ownFaults));
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      ownFaults.follow(FaultPlan.NONE.on(operation, 1, Fault.resetAfter()));
      RestoreRequest request = request(outside);
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> own.backend().restore(request, own.call()))
                  .failureClass())
          .isNotEqualTo(FailureClass.PERMANENT);
      assertThat(own.backend().restore(request, own.call(2)).active()).isPresent();
      assertThat(own.server().journal().of("CreateImportJob")).hasSize(1);
    }
  }

  @Test
  void makesAnotherJob_onceTheOldOneIsAboutToExpire() throws BackendFailure {
    try (Bench own = Bench.start();
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      for (int day = 0; day < 5; day++) {
        own.backend()
            .restore(
                RestoreRequest.of(
                    KeyName.of("key-" + day), EnvironmentType.DEVELOPMENT, outside, "op-" + day),
                own.call());
        own.clock().advance(Duration.ofDays(1));
      }
      assertThat(own.server().journal().of("CreateImportJob")).hasSize(2);
    }
  }

  @Test
  void sharesADaysJobWithOtherProcesses() throws BackendFailure {
    try (Bench own = Bench.start();
        CapableBackend other = own.another();
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      own.backend().restore(request(outside), own.call());
      other.restore(
          RestoreRequest.of(
              KeyName.of("other"), EnvironmentType.DEVELOPMENT, outside, "other-process"),
          own.call());
      assertThat(own.server().journal().of("CreateImportJob")).hasSize(1);
    }
  }

  @Test
  void goesOnWithAnotherJob_whenTheOneItKnewHasExpiredByKmsClock() throws BackendFailure {
    try (Bench own = Bench.start();
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      own.tampering()
          .responses(
              "CreateImportJob",
              message -> {
                ImportJob job = (ImportJob) message;
                return job.toBuilder()
                    .setExpireTime(
                        job.getExpireTime().toBuilder()
                            .setSeconds(job.getExpireTime().getSeconds() + 1_000_000))
                    .build();
              });
      own.backend().restore(request(outside), own.call());
      own.tampering().stop();
      own.clock().advance(Duration.ofDays(4));
      RestoreRequest late =
          RestoreRequest.of(KeyName.of("late"), EnvironmentType.DEVELOPMENT, outside, "late");

      BackendFailure first =
          catchThrowableOfType(BackendFailure.class, () -> own.backend().restore(late, own.call()));
      assertThat(first.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(first).hasMessageContaining("importJobs/enclave-");
      assertThat(own.backend().restore(late, own.call(2)).active()).isPresent();
      assertThat(own.server().journal().of("CreateImportJob")).hasSize(2);
    }
  }

  @Test
  void waitsForJobAndVersion_andGoesOnAfterTheDeadline() throws BackendFailure {
    try (Bench own = Bench.start(GcpKmsServer.builder().generationTime(Duration.ofSeconds(20)));
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      RestoreRequest request = request(outside);
      BackendFailure late =
          catchThrowableOfType(
              BackendFailure.class, () -> own.backend().restore(request, own.call()));
      assertThat(late.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(late.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(own.backend().restore(request, own.call()).active()).isPresent();
      assertThat(own.server().journal().of("ImportCryptoKeyVersion")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"method", "level", "key"})
  void usesNoJobThatIsNotWhatWasAskedFor(String what) {
    try (Bench own = Bench.start();
        ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      own.tampering()
          .responses(
              "CreateImportJob",
              message -> {
                ImportJob.Builder job = ((ImportJob) message).toBuilder();
                switch (what) {
                  case "method" -> job.setImportMethod(ImportJob.ImportMethod.RSA_OAEP_3072_SHA256);
                  case "level" ->
                      job.setProtectionLevel(com.google.cloud.kms.v1.ProtectionLevel.SOFTWARE);
                  default -> {
                    String pem = job.getPublicKey().getPem();
                    job.getPublicKeyBuilder().setPem(pem.substring(0, 40) + pem.substring(44));
                  }
                }
                return job.build();
              });
      BackendFailure refused =
          catchThrowableOfType(
              BackendFailure.class, () -> own.backend().restore(request(outside), own.call()));
      assertThat(refused.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(own.server().journal().of("ImportCryptoKeyVersion")).isEmpty();
      assertThat(own.server().journal().of("CreateCryptoKey")).isEmpty();
    }
  }

  @Test
  void isNoKey_untilAllOfItIsThere() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE, KeyState.VERIFY_ONLY)) {
      faults.follow(FaultPlan.NONE.between("ImportCryptoKeyVersion", 2, 99, Fault.resetBefore()));
      RestoreRequest request = request(outside);
      assertThatThrownBy(() -> restoreWithRetries(request)).isInstanceOf(BackendFailure.class);
      faults.follow(FaultPlan.NONE);

      requireNoKey();
      assertThat(bench.backend().list(bench.call())).doesNotContain(name);
      CreateRequest taken =
          CreateRequest.of(
              name,
              ALGORITHM,
              RotationInterval.NEVER,
              EnvironmentType.DEVELOPMENT,
              "create-" + name);
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> bench.backend().create(taken, bench.call()))
                  .code())
          .isEqualTo(FailureCode.ALREADY_EXISTS);

      KeySnapshot restored = restore(request);
      assertThat(restored.active()).map(KeyVersion::id).contains(KeyVersionId.of("1"));
      assertThat(bench.backend().list(bench.call())).contains(name);
    }
  }

  @Test
  void finishesWhatAnotherOperationLeft_withoutImportingItTwice() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("ImportCryptoKeyVersion", 2, 99, Fault.resetBefore()));
      RestoreRequest first = request(outside);
      assertThatThrownBy(() -> restoreWithRetries(first)).isInstanceOf(BackendFailure.class);
      faults.follow(FaultPlan.NONE);
      bench.server().journal().clear();

      try (CapableBackend other = bench.another()) {
        RestoreRequest second = request(outside);
        KeySnapshot restored = other.restore(second, call(second, 1));
        assertThat(restored.versions())
            .extracting(KeyVersion::state)
            .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        assertThat(bench.server().journal().of("ImportCryptoKeyVersion")).hasSize(1);
        assertThat(refusal(first).code()).isEqualTo(FailureCode.ALREADY_EXISTS);
        assertThat(loadAnew()).isEqualTo(restored);
      }
    }
  }

  @Test
  void passesOverWhatAnotherRestorationBrought() throws BackendFailure {
    try (ExportedKey wrong = key(ALGORITHM, KeyState.ACTIVE, KeyState.VERIFY_ONLY);
        ExportedKey right = key(ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      faults.follow(FaultPlan.NONE.between("ImportCryptoKeyVersion", 2, 99, Fault.resetBefore()));
      assertThatThrownBy(() -> restoreWithRetries(request(wrong)))
          .isInstanceOf(BackendFailure.class);
      faults.follow(FaultPlan.NONE);

      KeySnapshot restored = restore(request(right));

      assertThat(restored.versions())
          .extracting(KeyVersion::publicKey)
          .containsExactlyElementsOf(right.versions().stream().map(Version::publicKey).toList());
      assertThat(restored.versions())
          .extracting(version -> version.id().value())
          .containsExactly("2", "3");
      assertThat(loadAnew()).isEqualTo(restored);
      bench.clock().advance(Duration.ofMinutes(16));
      assertThat(orphans()).containsExactly("1");
    }
  }

  private List<String> orphans() throws BackendFailure {
    List<String> numbers = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      var page = bench.backend().orphans(from, bench.call());
      for (Orphan orphan : page.orphans()) {
        if (orphan.meantFor().equals(name)) {
          numbers.add(orphan.providerUri().replaceFirst(".*/", ""));
          assertThat(bench.backend().discard(orphan, bench.call())).isTrue();
        }
      }
      from = page.next();
    } while (from.isPresent());
    return numbers;
  }

  @Test
  void findsWhatACrashLeft_amongTheOrphans() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.DISABLED, KeyState.ACTIVE)) {
      // The first makes the key, the second would have ended the restoration.
      faults.follow(FaultPlan.NONE.between("CreateCryptoKey", 2, 99, Fault.resetBefore()));
      assertThatThrownBy(() -> restoreWithRetries(request(outside)))
          .isInstanceOf(BackendFailure.class);
      faults.follow(FaultPlan.NONE);
      requireNoKey();
      assertThat(orphans()).isEmpty();
      bench.clock().advance(Duration.ofMinutes(16));

      assertThat(orphans()).containsExactly("1", "2");
      assertThat(orphans()).isEmpty();
    }
  }

  @Test
  void keepsRestoredVersions_thatAreNotActiveYet() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE, KeyState.PENDING)) {
      restore(request(outside));
      bench.clock().advance(Duration.ofMinutes(16));
      assertThat(orphans()).isEmpty();
    }
  }

  @Test
  void sendsNothing_ofAPrivateKeyThatIsNotThatOfItsPublicKey() {
    try (ExportedKey one = key(ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        ExportedKey other = key(ALGORITHM, KeyState.ACTIVE)) {
      Version active = one.versions().get(1);
      Version mixed =
          Version.of(
              active.id(),
              active.state(),
              active.createdAt(),
              other.versions().get(0).publicKey(),
              active.material());
      ExportedKey wrong = exported(ALGORITHM, List.of(one.versions().get(0), mixed));

      assertThat(refusal(request(wrong)).code()).isEqualTo(FailureCode.REJECTED);
      assertThat(requests()).isEmpty();
    }
  }

  @Test
  void sendsNothing_ofAPrivateKeyOfAnotherAlgorithm() {
    try (ExportedKey one = key(ALGORITHM, KeyState.ACTIVE);
        ExportedKey other = key(SigningAlgorithm.ECDSA_P384_SHA384, KeyState.ACTIVE)) {
      Version version = one.versions().get(0);
      ExportedKey wrong =
          exported(
              ALGORITHM,
              List.of(
                  Version.of(
                      version.id(),
                      version.state(),
                      version.createdAt(),
                      version.publicKey(),
                      other.versions().get(0).material())));

      assertThat(refusal(request(wrong)).code()).isEqualTo(FailureCode.REJECTED);
      assertThat(requests()).isEmpty();
    }
  }

  @Test
  void saysThatTheKeyIsWrong_whereGoogleRefusesItsLength() {
    try (ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      bench
          .tampering()
          .requests(
              "ImportCryptoKeyVersion",
              message ->
                  message instanceof ImportCryptoKeyVersionRequest request
                      ? request.toBuilder()
                          .setWrappedKey(
                              request
                                  .getWrappedKey()
                                  .substring(0, request.getWrappedKey().size() - 1))
                          .build()
                      : message);
      assertThat(refusal(request(outside)))
          .returns(FailureCode.REJECTED, BackendFailure::code)
          .hasMessageContaining("its length or format is wrong")
          .hasMessageNotContaining("not every location has HSMs");
    } finally {
      bench.tampering().stop();
    }
  }

  @Test
  void saysWhyKmsDidNotImport_whenTheWrappedKeyWasDamagedOnItsWay() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      AtomicInteger sent = new AtomicInteger();
      bench
          .tampering()
          .requests(
              "ImportCryptoKeyVersion",
              message -> {
                ImportCryptoKeyVersionRequest request = (ImportCryptoKeyVersionRequest) message;
                return sent.incrementAndGet() == 2
                    ? request.toBuilder().setWrappedKey(damaged(request.getWrappedKey())).build()
                    : request;
              });
      BackendFailure failed = refusal(request(outside));
      bench.tampering().stop();

      assertThat(failed.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(failed.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(failed)
          .hasMessageContaining("could not be unwrapped")
          .hasMessageContaining("cryptoKeyVersions/2");
      requireNoKey();
      assertThat(bench.server().journal().of("DestroyCryptoKeyVersion"))
          .as("what had been imported before it")
          .isNotEmpty();

      // The name is not lost.
      KeySnapshot restored = restore(request(outside));
      assertThat(restored.active()).map(KeyVersion::id).contains(KeyVersionId.of("4"));
      assertThat(loadAnew()).isEqualTo(restored);
    }
  }

  private static ByteString damaged(ByteString wrapped) {
    byte[] bytes = wrapped.toByteArray();
    bytes[bytes.length - 1] ^= 1;
    return ByteString.copyFrom(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "job", "algorithm"})
  void believesNoAnswerThatIsOfAnotherImport(String what) throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      bench
          .tampering()
          .responses(
              "ImportCryptoKeyVersion",
              message -> {
                CryptoKeyVersion.Builder version = ((CryptoKeyVersion) message).toBuilder();
                switch (what) {
                  case "name" -> version.setName(version.getName().replace(name.value(), "other"));
                  case "job" -> version.clearImportJob();
                  default ->
                      version.setAlgorithm(
                          CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384);
                }
                return version.build();
              });
      assertThat(refusal(request(outside)).code()).isEqualTo(FailureCode.CORRUPT);
      bench.tampering().stop();
      requireNoKey();
    }
  }

  @Test
  void leavesAnotherOperationsKeyAlone() throws BackendFailure {
    try (ExportedKey outside = key(ALGORITHM, KeyState.ACTIVE)) {
      KeySnapshot winner =
          bench
              .backend()
              .create(
                  CreateRequest.of(
                      name,
                      ALGORITHM,
                      RotationInterval.NEVER,
                      EnvironmentType.DEVELOPMENT,
                      "create-" + name),
                  bench.call());
      assertThat(refusal(request(outside)).code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      assertThat(bench.backend().load(name, bench.call())).isEqualTo(winner);
      assertThat(bench.server().journal().of("ImportCryptoKeyVersion")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AES_256_GCM",
        "RSA_OAEP_3072_SHA256",
        "RSA_OAEP_4096_SHA256",
        "ECDSA_P521_SHA512"
      })
  void refusesWhatItDoesNotTake_withTheReason(KeyAlgorithm algorithm) {
    try (ExportedKey junk =
        exported(
            algorithm,
            List.of(
                Version.of(
                    KeyVersionId.of("1"),
                    KeyState.ACTIVE,
                    Instant.EPOCH,
                    Optional.empty(),
                    Optional.of(SecretBytes.takeOver(new byte[32])))))) {
      BackendFailure refusal = refusal(request(junk));
      assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
      assertThat(refusal).hasMessageContaining(algorithm + " over from elsewhere: it");
      assertThat(requests()).isEmpty();
    }
  }
}
