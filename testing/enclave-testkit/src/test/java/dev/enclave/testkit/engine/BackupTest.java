package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SealedBytes;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys leave as encrypted backups and come back, where policy lets them. */
class BackupTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final String PASSWORD = "correct horse battery";

  /** openssl genpkey -algorithm ed25519 -aes256. */
  private static final String FOREIGN =
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDNIfumG2mv/6g12XB2
      8gZDAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQMaMN5dISnCRbKex5
      5f3pDARA4SBi53V4J/PBGb7KqVFi2TsV5oTBkq7UZCbuIpeRoVj8ml1ZR3T3k/07
      jX44pU/4CEfGhz+I4NcBfoW1oif21Q==
      -----END ENCRYPTED PRIVATE KEY-----
      """;

  /** openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:secp256k1 -aes256. */
  private static final String FOREIGN_SECP256K1 =
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBAW/bFylqqPnxGmPkKg
      l+0VAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQpXlpXDuojVxutaxL
      lSITlASBkIG3fTw1rvIfzO+a7nt6bHF/ddx83VX4EQxslaE6VuTidBX76f78ICfA
      EP84QhKjtNxOSVR4yNFCeqVl+r4zU68mBxYu4OvFuJvseQhr6uxRErQQOr1XVv7Y
      TaZYsz2E2PgyeMc+RCPIYZTOTkW6mH6/UHupz19N3W7/xW62U5Xwi6BrwUDX4PLY
      6l8SGQcbbA==
      -----END ENCRYPTED PRIVATE KEY-----
      """;

  private final Bench source = Bench.in("development").with(new InMemoryProvider());
  private final Bench target = Bench.in("development").with(new InMemoryProvider());

  private static char[] password() {
    return PASSWORD.toCharArray();
  }

  private static KeyBackup backupMadeIn(String environment) {
    try (Enclave enclave = Bench.in(environment).with(new InMemoryProvider()).open()) {
      return enclave.admin().key(enclave.createKey(SPEC).handle()).backup(password());
    }
  }

  @Test
  void restoresTheSameKey_withAllItsVersions() {
    SignatureValue old;
    KeyInfo was;
    KeyHandle handle;
    KeyBackup backup;
    try (Enclave enclave = source.open()) {
      SigningKey key = enclave.createKey(SPEC.rotation(RotationInterval.NEVER));
      old = key.sign(MESSAGE);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      source.clock.advance(Duration.ofDays(1));
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      enclave.admin().key(key.handle()).disable(KeyVersionId.of("2"));
      was = key.info();
      handle = key.handle();
      backup = KeyBackup.parse(enclave.admin().key("wallet-42").backup(password()).toPem());
    }
    try (Enclave enclave = target.open()) {
      enclave.admin().restore("wallet-42", backup, password());
      SigningKey restored = enclave.signingKeys().key("wallet-42");
      assertThat(restored.verify(MESSAGE, old)).isTrue();
      KeyInfo is = restored.info();
      assertThat(is.versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.ACTIVE);
      assertThat(is.versions())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields(
              "origin", "activatedAt", "providerUri")
          .isEqualTo(was.versions());
      assertThat(is.versions()).extracting(KeyVersion::origin).containsOnly(KeyOrigin.IMPORTED);
      assertThat(is.createdAt()).isEqualTo(was.createdAt());
      assertThat(is.nextRotationAt()).isEmpty();
      assertThat(is.exportable()).isTrue();
      assertThat(restored.verify(MESSAGE, enclave.signingKeys().key(handle).sign(MESSAGE)))
          .isTrue();
      assertThat(
              enclave
                  .admin()
                  .key(restored.handle())
                  .rotate(RotationRequest.now())
                  .active()
                  .id()
                  .value())
          .isEqualTo("4");
    }
  }

  @Test
  void restoresUnderAnotherName_besideTheKeyItself() {
    try (Enclave enclave = source.open()) {
      SigningKey key = enclave.createKey(SPEC);
      enclave
          .admin()
          .restore("twin", enclave.admin().key(key.handle()).backup(password()), password());
      SigningKey twin = enclave.signingKeys().key("twin");
      assertThat(twin.verify(MESSAGE, key.sign(MESSAGE).toByteArray(), SignatureEncoding.RAW))
          .isTrue();
      assertThat(key.verify(MESSAGE, twin.sign(MESSAGE).toByteArray(), SignatureEncoding.RAW))
          .isTrue();
    }
  }

  @Test
  void keepsHandlesTrue_whenTheFirstVersionIsDestroyed() {
    KeyHandle stored;
    KeyBackup backup;
    try (Enclave enclave = source.open()) {
      SigningKey key = enclave.createKey(SPEC);
      stored = key.handle();
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      enclave.admin().key(key.handle()).destroy(KeyVersionId.of("1"));
      backup = enclave.admin().key(key.handle()).backup(password());
      assertThat(backup.blocks()).hasSize(1);
    }
    try (Enclave enclave = target.open()) {
      enclave.admin().restore("wallet-42", backup, password());
      assertThat(enclave.signingKeys().key(stored).info().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.DESTROYED, KeyState.ACTIVE);
    }
  }

  @Test
  void opensWithARestoredKekWhatTheKeySealed() {
    SealedBytes box;
    KeyBackup backup;
    byte[] secret = "seed".getBytes(StandardCharsets.UTF_8);
    try (Enclave enclave = source.open()) {
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      ManagedKey kek = enclave.admin().key("kek");
      box = enclave.seal("kek", secret, new byte[0]);
      kek.rotate(RotationRequest.now());
      backup = kek.backup(password());
    }
    try (Enclave enclave = target.open()) {
      enclave.admin().restore("kek", backup, password());
      assertThat(enclave.unseal(box, new byte[0])).isEqualTo(secret);
    }
  }

  @Test
  void leavesThePasswordAsItWas() {
    char[] typed = password();
    try (Enclave enclave = source.open()) {
      KeyBackup backup = enclave.admin().key(enclave.createKey(SPEC).handle()).backup(typed);
      enclave.admin().restore("twin", backup, typed);
    }
    assertThat(typed).isEqualTo(password());
  }

  @ParameterizedTest
  @ValueSource(strings = {"production", "staging"})
  void restoresNothingIntoAStrictEnvironment_beforeThePasswordIsTried(String environment) {
    List<String> asked = new ArrayList<>();
    BentProvider backend = new BentProvider("far").before("restore", () -> asked.add("restore"));
    KeyBackup own = backupMadeIn(environment);
    KeyBackup foreign = KeyBackup.parse(FOREIGN);
    KeyBackup garbage = KeyBackup.of(List.of(Bytes.ofHex("00")));
    Bench strict = Bench.in(environment).with(backend);
    try (Enclave enclave = strict.open()) {
      for (KeyBackup backup : List.of(own, backupMadeIn("development"), foreign, garbage)) {
        for (String typed : List.of(PASSWORD, "another password", "")) {
          String said =
              refused(
                  ErrorCode.MIGRATION_NOT_APPROVED,
                  () ->
                      enclave
                          .by("user:7")
                          .admin()
                          .restore("wallet-42", backup, typed.toCharArray()));
          assertThat(said).contains(environment.toUpperCase(java.util.Locale.ROOT));
        }
      }
      refused(ErrorCode.KEY_NOT_FOUND, () -> enclave.signingKeys().key("wallet-42"));
    }
    assertThat(asked).isEmpty();
    assertThat(strict.audit.events(Operation.RESTORE))
        .hasSize(12)
        .allSatisfy(
            event -> {
              assertThat(event.result()).isEqualTo(Result.REFUSED);
              assertThat(event.caller()).isEqualTo("user:7");
              assertThat(event.errorCode()).contains(ErrorCode.MIGRATION_NOT_APPROVED);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "production, development",
    "staging, development",
    "production, local",
    "staging, local"
  })
  void restoresNoKeyOfAStricterEnvironment(String made, String here) {
    List<String> asked = new ArrayList<>();
    BentProvider backend = new BentProvider("far").before("restore", () -> asked.add("restore"));
    KeyBackup backup = backupMadeIn(made);
    Bench bench = Bench.in(here).with(backend);
    try (Enclave enclave = bench.open()) {
      refused(
          ErrorCode.STAMP_MISMATCH, () -> enclave.admin().restore("wallet-42", backup, password()));
    }
    assertThat(asked).isEmpty();
    assertThat(bench.audit.events(Operation.RESTORE))
        .singleElement()
        .extracting(AuditEvent::result)
        .isEqualTo(Result.REFUSED);
  }

  @Test
  void keepsTheStampOfAKeyThatMovesBetweenDevelopmentAndLocal() {
    KeyBackup backup = backupMadeIn("local");
    try (Enclave enclave = target.open()) {
      assertThat(enclave.admin().restore("wallet-42", backup, password()).info().stamp())
          .isEqualTo(StampReading.of(EnvironmentType.LOCAL));
    }
  }

  @Test
  void stampsAForeignKey_withThisEnvironment() {
    try (Enclave enclave = target.open()) {
      ManagedKey key = enclave.admin().restore("foreign", KeyBackup.parse(FOREIGN), password());
      assertThat(key.info().stamp()).isEqualTo(StampReading.of(EnvironmentType.DEVELOPMENT));
      assertThat(key.info().algorithm()).isEqualTo(SigningAlgorithm.ED25519);
      assertThat(key.info().createdAt()).isEqualTo(target.clock.now());
      assertThat(key.info().active().orElseThrow().origin()).isEqualTo(KeyOrigin.IMPORTED);
    }
  }

  @Test
  void asksWhatAForeignKeyIsFor_whenItDoesNotSay() {
    KeyBackup backup = KeyBackup.parse(FOREIGN_SECP256K1);
    try (Enclave enclave = target.open()) {
      assertThat(
              refused(
                  ErrorCode.INVALID_ARGUMENT,
                  () -> enclave.admin().restore("foreign", backup, password())))
          .contains("ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256", "--algorithm");
      KeyBackup named = backup.algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
      enclave.admin().restore("foreign", named, password());
      SigningKey key = enclave.signingKeys().key("foreign");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void refusesABackup_whereKeysCannotLeaveOrComeIn() {
    Bench cloud =
        Bench.in("development").with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET));
    KeyBackup backup = backupMadeIn("development");
    try (Enclave enclave = cloud.open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      assertThat(
              refused(
                  ErrorCode.UNSUPPORTED_OPERATION,
                  () -> enclave.admin().key(key.handle()).backup(password())))
          .contains("no private key leaves backend cloud");
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().restore("wallet-42", backup, password()));
    }
    assertThat(cloud.audit.events(Operation.BACKUP))
        .extracting(AuditEvent::result)
        .containsExactly(Result.REFUSED);
  }

  @Test
  void refusesABackupOfAnAdoptedKey_andARestorationUnderItsName() {
    InMemoryProvider provider = new InMemoryProvider();
    String uri =
        provider.placeForeignKey(SigningAlgorithm.ED25519, target.clock.now(), new SecureRandom());
    KeyBackup backup = backupMadeIn("development");
    Bench bench = Bench.in("development").with(provider).set("enclave.keys.treasury", uri);
    try (Enclave enclave = bench.open()) {
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().key("treasury").backup(password()));
      refused(
          ErrorCode.KEY_ALREADY_EXISTS,
          () -> enclave.admin().restore("treasury", backup, password()));
    }
  }

  @Test
  void refusesPasswordsThatAreGuessedOrCannotBeTyped_withoutRepeatingThem() {
    try (Enclave enclave = source.open()) {
      SigningKey key = enclave.createKey(SPEC);
      for (String typed :
          List.of("", "xyzzy-12345", "xyzzy\n and more", "xyzzy\ud800 and more", "x".repeat(257))) {
        assertThat(
                refused(
                    ErrorCode.INVALID_ARGUMENT,
                    () -> enclave.admin().key(key.handle()).backup(typed.toCharArray())))
            .doesNotContain("xyzzy");
      }
      KeyBackup backup = enclave.admin().key(key.handle()).backup("ünïcödé 𝔘 12".toCharArray());
      refused(
          ErrorCode.INVALID_ARGUMENT, () -> enclave.admin().restore("twin", backup, new char[0]));
      assertThat(
              refused(
                  ErrorCode.WRONG_PASSWORD,
                  () -> enclave.admin().restore("twin", backup, "xyzzy".toCharArray())))
          .doesNotContain("xyzzy");
      assertThat(enclave.admin().restore("twin", backup, "ünïcödé 𝔘 12".toCharArray()))
          .isNotNull();
    }
  }

  @Test
  void refusesANameThatIsTaken_andLeavesItsKey() {
    KeyBackup backup = backupMadeIn("development");
    try (Enclave enclave = target.open()) {
      KeyInfo taken = enclave.createKey(SPEC).info();
      refused(
          ErrorCode.KEY_ALREADY_EXISTS,
          () -> enclave.admin().restore("wallet-42", backup, password()));
      assertThat(enclave.signingKeys().key("wallet-42").info()).isEqualTo(taken);
    }
  }

  @Test
  void refusesAnAlgorithmThePolicyDoesNotAllow() {
    KeyBackup backup = backupMadeIn("development");
    Bench bench = target.set("enclave.algorithms", "ecdsa_p256_sha256");
    try (Enclave enclave = bench.open()) {
      refused(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          () -> enclave.admin().restore("wallet-42", backup, password()));
    }
  }

  @Test
  void refusesAChangedBackup_asAFailureToLookInto() {
    KeyBackup backup = backupMadeIn("development");
    List<Bytes> twice = List.of(backup.blocks().get(0), backup.blocks().get(0));
    try (Enclave enclave = target.open()) {
      refused(
          ErrorCode.BACKUP_CORRUPT,
          () -> enclave.admin().restore("wallet-42", KeyBackup.of(twice), password()));
      assertThat(target.audit.events(Operation.RESTORE))
          .extracting(AuditEvent::result)
          .containsExactly(Result.FAILURE);
      refused(ErrorCode.KEY_NOT_FOUND, () -> enclave.signingKeys().key("wallet-42"));
    }
  }

  @Test
  void recordsWhoBackedUpAndRestoredWhat() {
    try (Enclave enclave = source.open()) {
      SigningKey key = enclave.createKey(SPEC);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      KeyBackup backup = enclave.by("user:7").admin().key("wallet-42").backup(password());
      enclave.by("user:8").admin().restore("twin", backup, password());
      String fingerprint = key.handle().fingerprint().orElseThrow().toString();
      for (Operation operation : List.of(Operation.BACKUP, Operation.RESTORE)) {
        assertThat(source.audit.events(operation))
            .singleElement()
            .satisfies(
                event -> {
                  boolean out = operation == Operation.BACKUP;
                  assertThat(event.caller()).isEqualTo(out ? "user:7" : "user:8");
                  assertThat(event.result()).isEqualTo(Result.SUCCESS);
                  assertThat(event.key().orElseThrow().value())
                      .isEqualTo(out ? "wallet-42" : "twin");
                  assertThat(event.details())
                      .containsEntry("versions", "2")
                      .containsEntry("algorithm", "ED25519")
                      .containsEntry("stamp", "DEVELOPMENT")
                      .containsEntry("fingerprint", fingerprint);
                });
      }
    }
  }

  @Test
  void givesNoBackupOut_whenItCannotBeRecordedInProduction() {
    Bench production = Bench.in("production").with(new InMemoryProvider());
    try (Enclave enclave = production.open()) {
      SigningKey key = enclave.createKey(SPEC);
      assertThat(enclave.admin().key(key.handle()).backup(password()).blocks()).hasSize(1);
      assertThat(production.audit.appended())
          .filteredOn(a -> a.event().operation() == Operation.BACKUP)
          .allMatch(a -> a.durability() == Durability.DURABLE)
          .hasSize(1);
      production.audit.failWhen(event -> event.operation() == Operation.BACKUP);
      refused(
          ErrorCode.AUDIT_UNAVAILABLE, () -> enclave.admin().key(key.handle()).backup(password()));
    }
  }

  @Test
  void givesNoBackupOut_whenTheBackendExportsAnotherKey() {
    BentProvider backend = new BentProvider("far");
    try (Enclave enclave = Bench.in("development").with(backend).open()) {
      SigningKey key = enclave.createKey(SPEC);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      SigningKey other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
      for (var bend : ExportBends.all(other.publicKey())) {
        backend.exporting(bend);
        refused(ErrorCode.WRONG_ANSWER, () -> enclave.admin().key(key.handle()).backup(password()));
      }
      backend.exporting(key1 -> key1);
      assertThat(enclave.admin().key(key.handle()).backup(password()).blocks()).hasSize(2);
    }
  }

  @Test
  void refusesWhatABackendMakesOfABackup_whenItIsSomethingElse() {
    KeyBackup backup = backupMadeIn("development");
    BentProvider backend = new BentProvider("far");
    try (Enclave enclave = Bench.in("development").with(backend).open()) {
      int attempt = 0;
      for (var bend : ExportBends.snapshots()) {
        backend.answering("restore", bend);
        String name = "wallet-" + ++attempt;
        refused(
            ErrorCode.BACKEND_CONTRACT, () -> enclave.admin().restore(name, backup, password()));
      }
      backend.answering("restore", BentProvider.withAssurance(Assurance.PLAINTEXT));
      refused(
          ErrorCode.ASSURANCE_TOO_LOW, () -> enclave.admin().restore("weak", backup, password()));
    }
  }

  @Test
  void restoresOnce_whenTheAnswerIsLost() {
    KeyBackup backup = backupMadeIn("development");
    BentProvider backend = new BentProvider("far").after("restore", Lost.once());
    try (Enclave enclave = Bench.in("development").with(backend).open()) {
      enclave.admin().restore("wallet-42", backup, password());
      SigningKey key = enclave.signingKeys().key("wallet-42");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(key.info().versions()).hasSize(1);
    }
  }

  @Test
  void doesNothingAfterClose() {
    Enclave enclave = source.open();
    SigningKey key = enclave.createKey(SPEC);
    KeyBackup backup = enclave.admin().key(key.handle()).backup(password());
    enclave.close();
    refused(ErrorCode.CLOSED, () -> enclave.admin().key(key.handle()).backup(password()));
    refused(ErrorCode.CLOSED, () -> enclave.admin().restore("twin", backup, password()));
  }
}
