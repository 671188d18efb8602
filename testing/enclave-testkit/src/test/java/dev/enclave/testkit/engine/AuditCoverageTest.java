package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import dev.enclave.testkit.RecordingAuditSink.Appended;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every public operation is either driven here and seen in the log, or named as one that changes
 * nothing and gives nothing secret away. A new method in neither list fails.
 */
@Tag("full")
class AuditCoverageTest {

  /** What leaves no record of its own when it succeeds, and why it need not. */
  private static final Map<String, String> UNRECORDED =
      Map.ofEntries(
          Map.entry("Keys.key(String)", "a look-up; a refused one is recorded"),
          Map.entry("Keys.key(KeyName)", "a look-up; a refused one is recorded"),
          Map.entry("Keys.key(KeyHandle)", "a look-up; a refused one is recorded"),
          Map.entry("Keys.find(String)", "a look-up; a refused one is recorded"),
          Map.entry("Keys.find(KeyName)", "a look-up; a refused one is recorded"),
          Map.entry("Enclave.wrappingKeys()", "a view; what is done through it is recorded"),
          Map.entry("Enclave.signingKeys()", "a view; what is done through it is recorded"),
          Map.entry("WrappingKey.publicKey()", "a public key; a refused reading is recorded"),
          Map.entry("WrappingKey.algorithm()", "known since the key was found"),
          Map.entry("SigningKey.algorithm()", "known since the key was found"),
          Map.entry("Enclave.deferred()", "a view; what is done through it is recorded"),
          Map.entry("Enclave.admin()", "a view; what is done through it is recorded"),
          Map.entry("Administration.key(KeyName)", "a look-up; a refused one is recorded"),
          Map.entry("Administration.passphrase()", "a view; what is done through it is recorded"),
          Map.entry("Administration.migrations()", "a view; what is done through it is recorded"),
          Map.entry(
              "Migrations.run(MigrationProposal,Consumer)",
              "recorded as MIGRATE, which MigrationRunTest shows with two backends"),
          Map.entry(
              "Migrations.destroy(DestructionProposal)",
              "recorded as MIGRATE, which MigrationDestructionTest shows with two backends"),
          Map.entry(
              "Migrations.planDestruction(MigrationRecord)",
              "reads public keys; a refused reading is recorded"),
          Map.entry(
              "Migrations.rehearse(MigrationProposal)",
              "reads a public key; a refused reading is recorded"),
          Map.entry(
              "Migrations.plan(KeyHandle,BackendId,MigrationWay)",
              "reads a public key; a refused reading is recorded"),
          Map.entry(
              "Migrations.plan(KeyHandle,BackendId)",
              "reads a public key; a refused reading is recorded"),
          Map.entry("Administration.orphans()", "a view; what is done through it is recorded"),
          Map.entry("Administration.rewrapping()", "a view; what is done through it is recorded"),
          Map.entry("Rewrapping.rewrapAll()", "recorded as rewrap() is, once for every key"),
          Map.entry(
              "Enclave.createKeyOrDefer(KeySpec)",
              "recorded as CREATE and DEFER, which DeferredChangeTest shows with a queue"),
          Map.entry(
              "ManagedKey.rotateOrDefer(RotationRequest)",
              "recorded as ROTATE and DEFER, which DeferredChangeTest shows with a queue"),
          Map.entry(
              "SigningKey.signOrDefer(SigningInput,SignOptions)",
              "recorded as SIGN and DEFER, which DeferredSignatureTest shows with a queue"),
          Map.entry(
              "SigningKey.signOrDefer(SigningInput,DeferOptions)",
              "recorded as SIGN and DEFER, which DeferredSignatureTest shows with a queue"),
          Map.entry("SigningKey.signer(Duration)", "a view; what is done through it is recorded"),
          Map.entry("SigningKey.signer()", "a view; what is done through it is recorded"),
          Map.entry("VersionSigner.version()", "an identity, without a call"),
          Map.entry("VersionSigner.keyId()", "an identity, without a call"),
          Map.entry("VersionSigner.algorithm()", "a name, without a call"),
          Map.entry("VersionSigner.publicKey()", "a public key, without a call"),
          Map.entry("Administration.statementKey()", "reads a public key; its making is recorded"),
          Map.entry(
              "Administration.statementKey(BackendId)",
              "reads a public key; its making is recorded"),
          Map.entry("Administration.key(String)", "a look-up; a refused one is recorded"),
          Map.entry("Administration.key(KeyHandle)", "a look-up; a refused one is recorded"),
          Map.entry("Administration.listKeys()", "reads names and public keys"),
          Map.entry("Administration.keyNames()", "reads names; a refused one is recorded"),
          Map.entry("Orphans.find()", "reads what is there"),
          Map.entry("Enclave.by(String)", "a view; what is done through it is recorded"),
          Map.entry("Enclave.health()", "asks how backend and log are"),
          Map.entry("Enclave.resolution()", "in the record of the start"),
          Map.entry("Enclave.policy()", "in the record of the start"),
          Map.entry("Enclave.close()", "nothing can be done afterwards"),
          Map.entry("EnclaveKey.handle()", "an identity, without a call"),
          Map.entry("EnclaveKey.info()", "reads public keys and states"),
          Map.entry("EnclaveKey.activeVersion()", "reads a public key and a state"),
          Map.entry("ManagedKey.disable(KeyVersion)", "recorded as that of its id"),
          Map.entry("ManagedKey.enable(KeyVersion)", "recorded as that of its id"),
          Map.entry("ManagedKey.destroy(KeyVersion)", "recorded as that of its id"),
          Map.entry("ManagedKey.planReinstatement(KeyVersionId)", "reads a public key and states"),
          Map.entry(
              "ManagedKey.reinstate(ReinstatementProposal)",
              "recorded as REINSTATE, which ReinstatementTest shows with its approvals"),
          Map.entry("ManagedKey.attestation(KeyVersionId,List)", "reads what hardware certifies"),
          Map.entry("EnclaveKey.algorithm()", "a name, without a call"),
          Map.entry("SigningKey.publicKey()", "reads a public key"),
          Map.entry("SigningKey.publicKeys()", "reads public keys"),
          Map.entry("SigningKey.publishedKeys()", "reads public keys"),
          Map.entry("Enclave.fallback()", "a view, which uses no key"),
          Map.entry("Fallback.status(SigningKey)", "tells what was recorded when it was endorsed"),
          Map.entry("Fallback.verifier(SigningKey,String)", "reads public keys"));

  private static final Set<String> API =
      Set.of(
          "dev.enclave",
          "dev.enclave.admin",
          "dev.enclave.audit",
          "dev.enclave.diagnosis",
          "dev.enclave.migration");

  /** Public types with methods of their own that use no key, and why. */
  private static final Map<String, String> WITHOUT_OPERATIONS =
      Map.ofEntries(
          Map.entry("AuditLog", "reads the log and makes checkpoints of it"),
          Map.entry("Proposal", "a plan with signatures; who signs it uses a key of their own"),
          Map.entry("AuditReader", "reads the log"),
          Map.entry("Bytes", "a value"),
          Map.entry("KeyAlgorithm", "a constant"),
          Map.entry("KeySpec", "a value"),
          Map.entry("AuditVerification", "a value"),
          Map.entry("DeferrableResult", "a value"),
          Map.entry("EnclaveFactory", "the start, which is recorded"),
          Map.entry("KeyBackup", "a value, encrypted"),
          Map.entry("Message", "a value"),
          Map.entry("PublicKeyInfo", "a value"),
          Map.entry("RotationListener", "is told; it does nothing"),
          Map.entry("SignatureValue", "a value"),
          Map.entry("SignatureVerifier", "public keys alone, without an Enclave and its log"),
          Map.entry("SigningInput", "a value"));

  /** Whoever adds a type says whether it does something with keys. */
  @Test
  void knowsEveryPublicType() {
    Set<String> known = new TreeSet<>(WITHOUT_OPERATIONS.keySet());
    PublicMethods.TYPES.forEach(type -> known.add(type.getSimpleName()));
    Set<String> types =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.enclave")
                .stream()
                .filter(type -> API.contains(type.getPackageName()))
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.isRecord() && !type.isEnum())
                .filter(type -> !type.isAssignableTo(Throwable.class))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    assertThat(types).isEqualTo(known);
  }

  @Test
  void knowsEveryPublicOperation() {
    TreeSet<String> known = new TreeSet<>(UNRECORDED.keySet());
    AuditedOperation.all().forEach(operation -> known.add(operation.method()));
    assertThat(PublicMethods.all()).isEqualTo(known);
  }

  static Stream<AuditedOperation> operations() {
    return AuditedOperation.all().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void recordsALocalOperationOnce(AuditedOperation operation) throws Throwable {
    try (AuditedOperation.World world =
        operation.world("development", new BentProvider("bent").local())) {
      operation.run(world);
      List<Appended> records = world.recorded(operation.operation());
      assertThat(records).hasSize(1);
      AuditEvent event = records.get(0).event();
      assertThat(event.phase()).isEqualTo(Phase.SINGLE);
      assertThat(event.result()).isEqualTo(operation.result());
      assertThat(event.caller()).isEqualTo("user:7");
      assertThat(event.backend()).isPresent();
      assertThat(event.key().isPresent()).isEqualTo(operation.ofAKey());
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void recordsARemoteOperationTwice_bothDurable(AuditedOperation operation) throws Throwable {
    try (AuditedOperation.World world = operation.world("development", new BentProvider("bent"))) {
      operation.run(world);
      List<Appended> records = world.recorded(operation.operation());
      if (operation.result() == Result.FAILURE) {
        assertThat(records).hasSize(1);
        return;
      }
      assertThat(records)
          .extracting(r -> r.event().phase())
          .containsExactly(Phase.INTENT, Phase.OUTCOME);
      assertThat(records).allMatch(r -> r.durability() == Durability.DURABLE);
      assertThat(records.get(0).event().operationId())
          .isEqualTo(records.get(1).event().operationId());
      assertThat(records.get(1).event().result()).isEqualTo(Result.SUCCESS);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void releasesNothing_whenProductionCannotRecordTheOutcome(AuditedOperation operation)
      throws Throwable {
    if (operation.onlyOutsideProduction()) {
      // What production refuses before it is done is shown by BackupTest.
      assertThat(operation.operation()).isEqualTo(AuditEvent.Operation.RESTORE);
      return;
    }
    try (AuditedOperation.World world = operation.world("production", new BentProvider("bent"))) {
      world.audit().failWhen(e -> e.phase() != Phase.INTENT);
      assertThat(codeOf(operation, world)).contains(ErrorCode.AUDIT_UNAVAILABLE);
      assertThat(world.enclave().health().healthy()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void doesNothing_whenProductionCannotRecordTheIntent(AuditedOperation operation)
      throws Throwable {
    if (operation.onlyOutsideProduction()) {
      assertThat(operation.operation()).isEqualTo(AuditEvent.Operation.RESTORE);
      return;
    }
    BentProvider bent = new BentProvider("bent");
    try (AuditedOperation.World world = operation.world("production", bent)) {
      bent.refuseEffects();
      world.audit().failWhen(e -> true);
      assertThat(codeOf(operation, world)).contains(ErrorCode.AUDIT_UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void goesOn_whenDevelopmentCannotRecord_andSaysSo(AuditedOperation operation) throws Throwable {
    AuditedOperation.World world = operation.world("development", new BentProvider("bent").local());
    world.audit().failWhen(e -> true);
    operation.run(world);
    assertThat(world.enclave().health().findings())
        .anyMatch(f -> f.code() == ErrorCode.AUDIT_UNAVAILABLE);
    assertThatThrownBy(world::close)
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE));
  }

  private static Optional<ErrorCode> codeOf(
      AuditedOperation operation, AuditedOperation.World world) {
    Throwable thrown = catchThrowable(() -> operation.run(world));
    return thrown instanceof EnclaveException e ? Optional.of(e.code()) : Optional.empty();
  }
}
