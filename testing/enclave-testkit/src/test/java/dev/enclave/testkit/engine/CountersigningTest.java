package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.auditlog.checkpoint.SignedNote;
import dev.enclave.auditlog.checkpoint.VerifierKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.cloud.CloudCall;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the key of a backend does that signs an audit log's checkpoints beside the log's own. */
@Timeout(300)
class CountersigningTest {

  private static final String RESERVED = "enclave-audit-checkpoint";
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final MutableClock clock = new MutableClock();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final Path directory;

  CountersigningTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    settings.put("enclave.environment", "production");
    settings.put("enclave.audit.directory", directory.toString());
  }

  private EnclaveFactory.Builder builder(BackendProvider provider) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(clock)
        .with(provider)
        .config(new ConfigSource("test", settings));
  }

  private Enclave open(BackendProvider provider) {
    return builder(provider).open();
  }

  private AuditLog log() {
    return builder(cloud).auditLog();
  }

  private List<AuditRecord> records() {
    List<AuditRecord> records = new ArrayList<>();
    log().reader().read(records::add);
    return records;
  }

  private static KeySpec<SigningKey> wallet() {
    return KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private List<CloudCall> calls(CloudOperation operation) {
    return cloud.journal().stream().filter(c -> c.operation() == operation).toList();
  }

  private Optional<AuditVerification.Countersigned> countersigned() {
    return log().verify().countersigned();
  }

  @Test
  void theBackendMakesTheKeyOnce_andTheCheckpointsVerifyByThePublishedKeys() {
    String published = log().provision();
    open(cloud).close();
    try (Enclave first = open(cloud);
        Enclave second = open(cloud)) {
      assertThat(first.admin().listKeys().keys()).isEmpty();
      assertThat(second.admin().listKeys().keys()).isEmpty();
    }

    assertThat(calls(CloudOperation.CREATE)).hasSize(1);
    assertThat(directory.resolve("checkpoint.key")).exists();
    assertThat(published.lines()).hasSize(2);
    String checkpoint = log().checkpoint();
    assertThat(checkpoint).contains("countersigned-by " + published.lines().toList().get(1));
    // Offline: a builder that knows no backend.
    AuditLog offline =
        EnclaveFactory.builder()
            .discovery(false)
            .with(FakeEnvironment.empty())
            .config(new ConfigSource("test", settings))
            .auditLog();
    assertThat(offline.verify(Options.against(checkpoint).verifierKeys(published)).problem())
        .isEmpty();
    assertThat(offline.verify().checkpoints()).isPositive();
  }

  @Test
  void logsOfOneBackendShareTheKey_andNotTheirNames() {
    String first = log().provision();
    settings.put("enclave.audit.directory", directory.resolveSibling("other").toString());
    String second = log().provision();

    assertThat(calls(CloudOperation.CREATE)).hasSize(1);
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void itsMakingIsRecorded_andItsSignaturesAreNot_whichTheJournalTellsApart() throws Exception {
    try (Enclave enclave = open(cloud)) {
      enclave.createKey(wallet()).sign(MESSAGE);
    }
    open(cloud).close();

    List<String> told = new ArrayList<>();
    records()
        .forEach(
            record -> {
              Optional.ofNullable(record.members().get("providerRequestId")).ifPresent(told::add);
              Optional.ofNullable(record.members().get("detail.earlierRequestIds"))
                  .ifPresent(ids -> told.addAll(List.of(ids.split(" ", -1))));
            });
    List<CloudCall> effects = cloud.journal().stream().filter(CloudCall::hasEffect).toList();
    List<CloudCall> checkpoints =
        effects.stream().filter(c -> c.operationId().startsWith("checkpoint-")).toList();
    assertThat(checkpoints)
        .hasSize((int) log().verify().checkpoints())
        .allMatch(c -> c.operation() == CloudOperation.SIGN);
    assertThat(told)
        .containsAll(
            effects.stream()
                .filter(c -> !checkpoints.contains(c))
                .map(CloudCall::requestId)
                .toList())
        .doesNotContainAnyElementsOf(checkpoints.stream().map(CloudCall::requestId).toList());
    assertThat(records())
        .filteredOn(r -> RESERVED.equals(r.members().get("key")))
        .extracting(r -> r.members().get("operation"))
        .containsExactly("CREATE", "CREATE");
  }

  @Test
  void noPublicOperationUsesItsName() {
    try (Enclave enclave = open(new InMemoryProvider())) {
      KeySpec<SigningKey> signing = KeySpec.named(RESERVED).algorithm(SigningAlgorithm.ED25519);
      KeySpec<WrappingKey> wrapping =
          KeySpec.named(RESERVED).algorithm(WrappingAlgorithm.AES_256_GCM);
      KeyHandle handle =
          new KeyHandle(
              BackendId.of("memory"), authority(enclave), KeyName.of(RESERVED), Optional.empty());
      List<ThrowingCallable> operations =
          List.of(
              () -> enclave.createKey(signing),
              () -> enclave.ensureKey(signing),
              () -> enclave.createKey(wrapping),
              () -> enclave.ensureKey(wrapping),
              () -> enclave.signingKeys().key(RESERVED),
              () -> enclave.signingKeys().key(handle),
              () -> enclave.wrappingKeys().key(RESERVED),
              () -> enclave.wrappingKeys().key(handle),
              () -> enclave.admin().key(RESERVED),
              () -> enclave.admin().key(handle),
              () -> enclave.seal(RESERVED, new byte[1], new byte[0]),
              () -> enclave.admin().key(RESERVED).backup("correct horse battery".toCharArray()));
      for (ThrowingCallable operation : operations) {
        assertThat(refused(ErrorCode.KEY_NAME_RESERVED, operation)).contains(RESERVED);
      }
      assertThat(enclave.admin().listKeys().keys())
          .extracting(k -> k.handle().name().value())
          .containsOnly("other");
      assertThat(enclave.admin().keyNames()).extracting(KeyName::value).containsOnly("other");
      assertThat(enclave.admin().rotateDue().rotated()).isEmpty();
    }
  }

  @Test
  void noRestorationAndNoBoxUsesItsName() {
    settings.put("enclave.environment", "development");
    try (Enclave enclave = open(new InMemoryProvider())) {
      char[] password = "correct horse battery".toCharArray();
      enclave.createKey(wallet());
      KeyBackup backup = enclave.admin().key("wallet-42").backup(password);
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      SealedBytes box = enclave.seal("kek", new byte[1], new byte[0]);
      SealedBytes bent =
          new SealedBytes(
              new KeyHandle(
                  box.kek().backend(),
                  box.kek().authority(),
                  KeyName.of(RESERVED),
                  Optional.empty()),
              box.version(),
              box.wrappedKey(),
              box.nonce(),
              box.commitment(),
              box.ciphertext());

      refused(
          ErrorCode.KEY_NAME_RESERVED,
          () -> enclave.admin().restore(RESERVED, backup, password.clone()));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.unseal(bent, new byte[0]));
    }
    assertThat(log().verify().problem()).isEmpty();
    assertThat(records())
        .filteredOn(r -> "KEY_NAME_RESERVED".equals(r.members().get("errorCode")))
        .hasSize(2);
  }

  @Test
  void anOperatorsOwnKeyIsAdopted_andNeitherMadeNorListed() {
    String uri =
        cloud.placeForeignKey(SigningAlgorithm.ECDSA_P256_SHA256, clock.now(), new SecureRandom());
    settings.put("enclave.keys." + RESERVED, "cloud:" + uri);
    for (int start = 0; start < 2; start++) {
      try (Enclave enclave = open(cloud)) {
        assertThat(enclave.admin().listKeys().keys()).isEmpty();
        refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.admin().key(RESERVED));
      }
    }

    assertThat(calls(CloudOperation.CREATE)).isEmpty();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(1);
    assertThat(log().verify().problem()).isEmpty();
    assertThat(records()).extracting(r -> r.members().get("operation")).contains("ADOPT");
  }

  @Test
  void anAdoptedKeyThatCannotSignCheckpoints_orIsNotThere_isTold() {
    settings.put("enclave.audit.countersign", "required");
    settings.put(
        "enclave.keys." + RESERVED,
        "cloud:"
            + cloud.placeForeignKey(
                SigningAlgorithm.ECDSA_P384_SHA384, clock.now(), new SecureRandom()));
    assertThat(refused(ErrorCode.KEY_SPEC_MISMATCH, () -> open(cloud)))
        .contains("enclave.audit.countersign=required");

    settings.put("enclave.keys." + RESERVED, "cloud:cloud:keys/0000000000000000");
    refused(ErrorCode.KEY_NOT_FOUND, () -> open(cloud));
    assertThat(calls(CloudOperation.CREATE)).isEmpty();
    assertThat(countersigned()).isEmpty();
  }

  @Test
  void anAdoptedKeyThatIsMistypedIsNotReplaced_andIsNamedOnceItIsRight() {
    String uri = cloud.placeForeignKey(SigningAlgorithm.ED25519, clock.now(), new SecureRandom());
    for (String wrong : List.of("cloud:cloud:keys/0000000000000000", "cloud:keys/7")) {
      settings.put("enclave.keys." + RESERVED, wrong);
      open(cloud).close();
      assertThat(countersigned()).isEmpty();
    }

    settings.put("enclave.keys." + RESERVED, "cloud:" + uri);
    open(cloud).close();
    assertThat(countersigned()).isPresent();
    assertThat(calls(CloudOperation.CREATE)).isEmpty();
    assertThat(log().verify().uncovered()).isZero();
  }

  private static String authority(Enclave enclave) {
    return enclave
        .createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519))
        .handle()
        .authority();
  }

  @Test
  void nobodyCountersigns_whereTheBackendIsNoBetterThanAFile() {
    settings.put("enclave.environment", "development");
    open(new InMemoryProvider().assurance(Assurance.OS_SEALED)).close();

    assertThat(log().verify().checkpoints()).isEqualTo(2);
    assertThat(countersigned()).isEmpty();
  }

  /** As a cloud's backend does at an endpoint that may be anybody's. */
  @Test
  void makesNoKey_whereTheOpenedBackendIsWorthLessThanItsProviderSays() {
    settings.put("enclave.environment", "development");
    BentProvider bent = new BentProvider("bent");
    bent.describing(it -> it.withAssuranceCeiling(Assurance.SOFTWARE))
        .answering("create", BentProvider.withAssurance(Assurance.SOFTWARE))
        .answering("load", BentProvider.withAssurance(Assurance.SOFTWARE));
    try (CapturedOutput captured = new CapturedOutput()) {
      open(bent).close();
      assertThat(captured.text())
          .contains("assurance SOFTWARE at best")
          .doesNotContain(RESERVED)
          .doesNotContain("are signed with its own key alone");
    }

    assertThat(log().verify().checkpoints()).isEqualTo(2);
    assertThat(countersigned()).isEmpty();
    assertThat(records()).extracting(r -> r.members().get("operation")).doesNotContain("CREATE");
  }

  @Test
  void isOfP256_whereNoEd25519TakesTheLongestCheckpoint() {
    open(new InMemoryProvider().algorithms(Set.of(SigningAlgorithm.ECDSA_P256_SHA256))).close();

    assertThat(log().verify().problem()).isEmpty();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(1);
  }

  @Test
  void nobodyCountersigns_whenItIsOff_untilItIsOnAgain() {
    settings.put("enclave.audit.countersign", "off");
    open(cloud).close();
    assertThat(calls(CloudOperation.SIGN)).isEmpty();
    assertThat(countersigned()).isEmpty();

    settings.put("enclave.audit.countersign", "auto");
    open(cloud).close();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(3);
    assertThat(log().verify().problem()).isEmpty();
  }

  @Test
  void aLogThatHasNamedItsCountersignerKeepsIt_thoughItIsOff() {
    open(cloud).close();
    long before = log().verify().checkpoints();
    settings.put("enclave.audit.countersign", "off");
    open(cloud).close();

    assertThat(log().verify().checkpoints()).isEqualTo(before + 2);
    assertThat(log().verify().problem()).isEmpty();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(1);
  }

  @Test
  void refusesTheStart_whenACountersignatureIsRequiredAndNotToBeHad() {
    settings.put("enclave.audit.countersign", "required");
    assertThat(
            refused(
                ErrorCode.CONFIGURATION_INVALID_VALUE,
                () ->
                    open(
                        new InMemoryProvider()
                            .algorithms(Set.of(SigningAlgorithm.RSA_PSS_2048_SHA256)))))
        .contains("enclave.audit.countersign=required");
    cloud.faults().next(CloudOperation.CREATE, 1, Fault.accessDenied());
    refused(ErrorCode.ACCESS_DENIED, () -> open(cloud));
    assertThat(records())
        .filteredOn(r -> "START".equals(r.members().get("operation")))
        .allMatch(
            r ->
                "FAILURE".equals(r.members().get("result"))
                    || "REFUSED".equals(r.members().get("result")));
  }

  @Test
  void refusesTheStart_whenACountersignatureIsRequired_andTheBackendIsAwayAtTheFirst() {
    settings.put("enclave.audit.countersign", "required");
    cloud.faults().every(CloudOperation.SIGN, 1, Fault.unavailable());
    refused(ErrorCode.BACKEND_UNAVAILABLE, () -> open(cloud));

    assertThat(countersigned()).isEmpty();
  }

  @Test
  void theLogsOwnKeySignsAlone_whenTheBackendWillNotMakeOne_andTheNextStartAsksAgain() {
    cloud.faults().next(CloudOperation.CREATE, 1, Fault.accessDenied());
    open(cloud).close();
    assertThat(countersigned()).isEmpty();
    assertThat(log().verify().checkpoints()).isEqualTo(2);

    open(cloud).close();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(3);
  }

  @Test
  void theLogsOwnKeySignsAlone_whenTheBackendIsAwayAtTheFirstStart() {
    cloud.faults().every(CloudOperation.CREATE, 1, Fault.unavailable());
    open(cloud).close();
    assertThat(countersigned()).isEmpty();
    assertThat(log().verify().checkpoints()).isEqualTo(2);
    assertThat(log().verify().uncovered()).isZero();

    cloud.faults().clear();
    clock.advance(Duration.ofMinutes(5));
    open(cloud).close();
    assertThat(countersigned().orElseThrow().from()).isEqualTo(3);
    assertThat(log().verify().problem()).isEmpty();
  }

  @Test
  void anOutageOnlyDelaysCheckpoints_whichTheNextStartMakes() {
    open(cloud).close();
    long before = log().verify().checkpoints();
    try (Enclave enclave = open(cloud)) {
      enclave.createKey(wallet());
      cloud.faults().every(CloudOperation.SIGN, 1, Fault.unavailable());
    }
    assertThat(log().verify().checkpoints()).isEqualTo(before + 1);
    assertThat(log().verify().uncovered()).isEqualTo(3);
    assertThat(log().verify().uncoveredSince()).isPresent();

    cloud.faults().clear();
    clock.advance(Duration.ofMinutes(5));
    open(cloud).close();
    assertThat(log().verify().uncovered()).isZero();
    assertThat(log().verify().problem()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Fault.Wrong.class)
  void aWrongAnswerIsNeverWritten(Fault.Wrong wrong) {
    open(cloud).close();
    long before = log().verify().checkpoints();
    cloud.faults().every(CloudOperation.SIGN, 1, wrong);
    open(cloud).close();

    assertThat(log().verify().checkpoints()).isEqualTo(before);
    assertThat(log().verify().problem()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Fault.Wrong.class)
  void aWrongAnswerNamesNobody(Fault.Wrong wrong) {
    cloud.faults().every(CloudOperation.SIGN, 1, wrong);
    open(cloud).close();

    assertThat(countersigned()).isEmpty();
    assertThat(log().verify().problem()).isEmpty();
    assertThat(log().verify().checkpoints()).isEqualTo(2);
  }

  @Test
  void aHangingBackendHoldsUpNeitherRecordsNorTheEnd() {
    CountDownLatch released = new CountDownLatch(1);
    BentProvider bent = new BentProvider("bent");
    try {
      open(bent).close();
      Enclave enclave = open(bent);
      bent.before(
          "sign",
          () -> {
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      enclave.createKey(wallet());
      enclave.close();
      assertThat(released.getCount()).isEqualTo(1);
    } finally {
      released.countDown();
    }
    assertThat(log().verify().problem()).isEmpty();
    assertThat(log().verify().uncovered()).isEqualTo(3);
  }

  @Test
  void anotherPublicKeyThanTheNamedOneStopsTheStart() {
    open(new InMemoryProvider()).close();

    InMemoryProvider other = new InMemoryProvider();
    settings.put("enclave.audit.directory", directory.resolveSibling("other").toString());
    open(other).close();
    settings.put("enclave.audit.directory", directory.toString());

    refused(ErrorCode.KEY_IDENTITY_CHANGED, () -> open(other));
  }

  /** Whoever has the log's own key and may have an application's key sign would have both. */
  @Test
  void stopsTheStart_whenTheLogNamesAKeyThatSignsForApplications() throws Exception {
    settings.put("enclave.audit.countersign", "off");
    byte[] forged;
    try (Enclave enclave = open(cloud)) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      forged = checkpointNaming(key);
    }
    Files.write(directory.resolve("checkpoints"), forged);
    settings.put("enclave.audit.countersign", "auto");

    assertThat(refused(ErrorCode.AUDIT_LOG_CORRUPT, () -> open(cloud)))
        .contains("names key wallet-42 as its countersigner, and only " + RESERVED);
    assertThat(directory.resolve("checkpoints")).hasBinaryContent(forged);
  }

  private byte[] checkpointNaming(SigningKey key) throws Exception {
    VerifierKey own =
        VerifierKey.parse(Files.readString(directory.resolve("checkpoint.pub")).strip());
    VerifierKey named = new VerifierKey(own.name(), key.publicKey());
    String head =
        "at 2026-01-01T00:00:00Z\ncountersigned-by "
            + named.text()
            + " "
            + key.info().handle()
            + " "
            + key.info().active().orElseThrow().id()
            + "\n";
    MessageDigest root = MessageDigest.getInstance("SHA-256");
    root.update((byte) 0);
    root.update(head.getBytes(StandardCharsets.UTF_8));
    String text =
        own.name() + "\n1\n" + Base64.getEncoder().encodeToString(root.digest()) + "\n" + head;
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(
                new PKCS8EncodedKeySpec(Files.readAllBytes(directory.resolve("checkpoint.key")))));
    signer.update(text.getBytes(StandardCharsets.UTF_8));
    refused(ErrorCode.MESSAGE_RESERVED, () -> key.sign(Message.ofUtf8(text)));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return SignedNote.unsigned(text)
        .signedBy(own, signer.sign())
        .signedBy(named, key.sign(Digest.of(DigestAlgorithm.SHA_256, digest)).toByteArray())
        .encoded();
  }

  @Test
  void aLostKeyIsTold_andStopsTheStartOnlyWhereItIsRequired() {
    open(new InMemoryProvider()).close();
    long before = log().verify().checkpoints();
    open(new InMemoryProvider()).close();
    assertThat(log().verify().checkpoints()).isEqualTo(before);
    assertThat(catchThrowable(() -> builder(new InMemoryProvider()).auditLog().checkpoint()))
        .isInstanceOf(EnclaveException.class)
        .hasMessageContaining(RESERVED);

    settings.put("enclave.audit.countersign", "required");
    assertThat(refused(ErrorCode.KEY_NOT_FOUND, () -> open(new InMemoryProvider())))
        .contains("enclave.audit.countersign=required");
  }

  @Test
  void initAndCheckpointOpenTheBackend() {
    String keys = log().provision();
    assertThat(keys.lines()).hasSize(2);
    assertThat(calls(CloudOperation.CREATE)).hasSize(1);
    assertThat(log().provision()).isEqualTo(keys);

    assertThat(log().checkpoint()).contains("lane 0 2 ");
    assertThat(log().verify().problem()).isEmpty();
  }

  @Test
  void aCheckpointThatIsAskedForCoversAllThereIs() {
    open(cloud).close();
    cloud.faults().every(CloudOperation.SIGN, 1, Fault.unavailable());
    try (Enclave enclave = open(cloud)) {
      enclave.createKey(wallet());
    }
    assertThat(log().verify().uncovered()).isPositive();
    cloud.faults().clear();
    clock.advance(Duration.ofMinutes(5));

    String checkpoint = log().checkpoint();

    assertThat(log().verify(Options.against(checkpoint)).uncovered()).isZero();
    assertThat(checkpoint).contains("lane 0 " + log().verify().records() + " ");
  }

  @Test
  void aCheckpointThatIsAskedForAndCannotBeSignedFails_andNoOlderOneStandsForIt() {
    open(cloud).close();
    long before = log().verify().checkpoints();
    cloud.faults().every(CloudOperation.SIGN, 1, Fault.unavailable());
    try (Enclave enclave = open(cloud)) {
      enclave.createKey(wallet());
    }
    clock.advance(Duration.ofMinutes(5));

    assertThat(refused(ErrorCode.AUDIT_UNAVAILABLE, () -> log().checkpoint()))
        .contains("gets no new checkpoint", "sign a checkpoint of the audit log");
    assertThat(log().verify().checkpoints()).isEqualTo(before);
  }

  @Test
  void aCountersignerThatInitCannotNameIsTold() {
    cloud.faults().every(CloudOperation.CREATE, 1, Fault.unavailable());

    assertThat(refused(ErrorCode.AUDIT_UNAVAILABLE, () -> log().provision()))
        .contains("gets no new checkpoint", RESERVED);

    cloud.faults().clear();
    clock.advance(Duration.ofMinutes(5));
    assertThat(log().provision().lines()).hasSize(2);
  }

  @Test
  void whatIsUnderWayAtTheCloseEndsWithItsRecord_beforeTheBackendIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    BentProvider bent = new BentProvider("bent");
    Enclave enclave = open(bent);
    SigningKey key = enclave.createKey(wallet());
    bent.before(
        "sign",
        () -> {
          asked.countDown();
          try {
            answer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    // Not the common pool, which on two processors may have one thread for both.
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Future<SignatureValue> signature = pool.submit(() -> key.sign(MESSAGE));
    asked.await();
    Future<?> closed = pool.submit(enclave::close);
    while (!(catchThrowable(enclave.admin()::listKeys) instanceof UsageException)) {
      Thread.onSpinWait();
    }
    assertThat(catchThrowable(() -> key.sign(MESSAGE)))
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    answer.countDown();

    assertThat(signature.get()).isNotNull();
    closed.get();
    pool.shutdown();
    assertThat(log().verify().unknownOutcomes()).isEmpty();
    assertThat(records())
        .filteredOn(r -> "SIGN".equals(r.members().get("operation")))
        .extracting(r -> r.members().get("phase") + " " + r.members().get("result"))
        .containsExactly("INTENT PENDING", "OUTCOME SUCCESS");
    assertThat(log().verify().uncovered()).isZero();
  }

  @Test
  void doctorTellsWhoCountersigns() {
    open(cloud).close();
    assertThat(builder(cloud).diagnose().auditLog())
        .anyMatch(line -> line.contains("backend cloud") && line.contains(RESERVED));
    settings.put("enclave.audit.countersign", "off");
    assertThat(builder(cloud).diagnose().health().findings())
        .anyMatch(f -> f.observed().contains("enclave.audit.countersign"));
  }

  @Test
  void permanentRefusalsOfAnExistingKeyAreTold_andRecordsGoOn() {
    open(cloud).close();
    cloud.faults().every(CloudOperation.SIGN, 1, Fault.permanent(FailureCode.INVALID_STATE));
    try (CapturedOutput captured = new CapturedOutput()) {
      try (Enclave enclave = open(cloud)) {
        assertThat(enclave.createKey(wallet()).info()).isNotNull();
      }
      assertThat(captured.text()).contains("No checkpoint of the audit log could be made");
    }
    assertThat(log().verify().problem()).isEmpty();
  }
}
