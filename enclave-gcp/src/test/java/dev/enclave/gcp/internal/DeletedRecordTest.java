package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.Denial;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.KeyService;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An administrator deletes the records of activations, which look like keys that nobody uses. Cloud
 * KMS deletes a CryptoKey without versions at once, and never frees its name.
 */
class DeletedRecordTest {

  /** No rotation can be about to activate what was made before. */
  private static final Duration LONG_AGO = KeyService.UNDER_WAY.plusSeconds(1);

  private static final GcpOperation<Message.Builder, Operation> DELETE =
      GcpOperation.changing("DeleteCryptoKey", "delete", "name");

  private static final GcpOperation<Message.Builder, Operation> DELETE_VERSION =
      GcpOperation.changing("DeleteCryptoKeyVersion", "delete", "name");

  private final Bench bench = Bench.start();
  private final GcpCalls administrator = new GcpCalls(Sessions.with(bench.server()));
  private final String ring = administrator.session().keyRing();

  @AfterEach
  void stop() {
    administrator.gate().close();
    bench.close();
  }

  private KeySnapshot rotated(KeySnapshot key, String operation) throws BackendFailure {
    return rotated(bench.backend(), key, operation);
  }

  private KeySnapshot rotated(CapableBackend backend, KeySnapshot key, String operation)
      throws BackendFailure {
    RotateRequest request = request(key, operation);
    KeyVersionId next = backend.prepare(request, bench.call()).id();
    return backend.activate(request, next, bench.call());
  }

  private static RotateRequest request(KeySnapshot key, String operation) {
    return RotateRequest.of(
        key.name(), key.active().orElseThrow().id(), operation, KeyState.VERIFY_ONLY);
  }

  private void delete(KeySnapshot key, int record) throws BackendFailure {
    delete(GcpNames.key(ring, GcpNames.recordId(key.name(), record)));
  }

  private void delete(String name) throws BackendFailure {
    administrator.send(DELETE, name, bench.call());
  }

  @Test
  void refusesTheKey_ratherThanSignWithTheVersionThatWasReplaced() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    bench.clock().advance(LONG_AGO);
    delete(key, 2);

    try (CapableBackend fresh = bench.another()) {
      assertThat(refusal(fresh, key))
          .hasMessageContaining(key.name() + "_act_2 was deleted")
          .hasMessageContaining("nothing signs with the key")
          .hasMessageContaining("version 2, made " + key.versions().get(1).createdAt());
    }
    // Who knew the record goes on with what it said.
    assertThat(bench.backend().load(key.name(), bench.call()).active())
        .map(KeyVersion::id)
        .contains(KeyVersionId.of("2"));
  }

  private BackendFailure refusal(CapableBackend backend, KeySnapshot key) {
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> backend.load(key.name(), bench.call()));
    assertThat(failure)
        .returns(FailureCode.CORRUPT, BackendFailure::code)
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass);
    return failure;
  }

  @Test
  void refusesTheKey_whoseNewerVersionIsOff() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    bench
        .backend()
        .changeState(key.ref(key.active().orElseThrow()), KeyState.DISABLED, bench.call());
    bench.clock().advance(LONG_AGO);
    delete(key, 2);

    try (CapableBackend fresh = bench.another()) {
      refusal(fresh, key);
    }
  }

  /** The permission is the project's, and no role on a key ring gives it. */
  @Test
  void warnsOfANewerVersion_whereDeletedRecordsAreNotTold() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    bench.clock().advance(LONG_AGO);
    delete(key, 2);
    bench.server().deny(Denial.of("cloudkms.retiredResources.list"));

    try (CapableBackend fresh = bench.another()) {
      fresh.load(key.name(), bench.call());
      assertThat(fresh.health(bench.call()).findings())
          .extracting(Finding::observed)
          .anyMatch(
              observed ->
                  observed.contains(key.versions().get(1).providerUri())
                      && observed.contains("was deleted"));
    }
  }

  /** Published by hand, for months perhaps. */
  @Test
  void asksOnce_forAVersionThatWaits() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    bench.backend().prepare(request(key, "waits"), bench.call());
    bench.clock().advance(LONG_AGO);
    bench.server().journal().clear();

    for (int i = 0; i < 3; i++) {
      assertThat(bench.backend().load(key.name(), bench.call()).active())
          .map(KeyVersion::id)
          .contains(KeyVersionId.of("1"));
    }

    assertThat(bench.server().journal().of("ListRetiredResources")).hasSize(1);
  }

  @Test
  void destroysNoVersionThatADeletedRecordNamed() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    bench.clock().advance(LONG_AGO);
    delete(key, 2);

    try (CapableBackend fresh = bench.another()) {
      Orphan orphan = fresh.orphans(Optional.empty(), bench.call()).orphans().get(0);
      assertThat(
              catchThrowableOfType(BackendFailure.class, () -> fresh.discard(orphan, bench.call())))
          .returns(FailureCode.CORRUPT, BackendFailure::code)
          .hasMessageContaining(key.name() + "_act_2 was deleted");
    }
    assertThat(bench.backend().load(key.name(), bench.call()).versions().get(1).state())
        .isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void destroysWhatACutShortRotationLeft() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    bench.backend().prepare(request(key, "lost"), bench.call());
    bench.clock().advance(LONG_AGO);

    Orphan orphan = bench.backend().orphans(Optional.empty(), bench.call()).orphans().get(0);
    assertThat(bench.backend().discard(orphan, bench.call())).isTrue();

    try (CapableBackend fresh = bench.another()) {
      assertThat(fresh.load(key.name(), bench.call()).active())
          .map(KeyVersion::id)
          .contains(KeyVersionId.of("1"));
    }
  }

  /** Whoever may make CryptoKeys would hide what every other key left, too. */
  @Test
  void findsTheOrphansOfOtherKeys_besideAMangledRecord_andTellsOfIt() throws BackendFailure {
    KeySnapshot mangled = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersion left = bench.backend().prepare(request(key, "lost"), bench.call());
    bench.clock().advance(LONG_AGO);
    make(GcpNames.recordId(mangled.name(), 2), "by=hand");

    try (CapableBackend fresh = bench.another()) {
      assertThat(fresh.orphans(Optional.empty(), bench.call()).orphans())
          .extracting(Orphan::providerUri)
          .containsExactly(left.providerUri());
      assertThat(fresh.health(bench.call()).findings())
          .filteredOn(finding -> finding.code() == ErrorCode.KEY_DATA_CORRUPT)
          .extracting(Finding::observed)
          .singleElement()
          .asString()
          .contains("Orphans of key " + mangled.name(), mangled.name() + "_act_2")
          .doesNotEndWith(".");
    }
  }

  @Test
  void doesNotRotateBesideADeletedRecord_andSaysWhy() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    delete(key, 2);

    try (CapableBackend fresh = bench.another()) {
      KeySnapshot before = fresh.load(key.name(), bench.call());
      assertThat(
              catchThrowableOfType(BackendFailure.class, () -> rotated(fresh, before, "another")))
          .returns(FailureCode.CORRUPT, BackendFailure::code)
          .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
          .hasMessageContaining(key.name() + "_act_2 was deleted")
          .hasMessageContaining("gcloud kms keys create " + key.name() + "_act_3");
    }
  }

  @Test
  void findsALaterRecord_pastThoseThatWereDeleted() throws BackendFailure {
    KeySnapshot first = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeySnapshot last = rotated(rotated(rotated(first, "one"), "two"), "three");
    delete(first, 2);
    delete(first, 3);
    bench.clock().advance(LONG_AGO);

    try (CapableBackend fresh = bench.another()) {
      assertThat(fresh.load(first.name(), bench.call())).isEqualTo(last);
      assertThat(rotated(fresh, last, "four").active())
          .map(KeyVersion::id)
          .contains(KeyVersionId.of("5"));
    }
  }

  /** What the refusal prints, done by hand. */
  @Test
  void signsAndRotatesAgain_afterTheCommandThatTheRefusalPrints() throws BackendFailure {
    KeySnapshot key = rotated(bench.create(SigningAlgorithm.ECDSA_P256_SHA256), "rotate");
    bench.clock().advance(LONG_AGO);
    delete(key, 2);
    try (CapableBackend fresh = bench.another()) {
      enter(refusal(fresh, key).getMessage());

      KeySnapshot mended = fresh.load(key.name(), bench.call());

      assertThat(mended.active()).map(KeyVersion::id).contains(KeyVersionId.of("2"));
      assertThat(mended.versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
      assertThat(rotated(fresh, mended, "after").active())
          .map(KeyVersion::id)
          .contains(KeyVersionId.of("3"));
    }
  }

  private void enter(String refusal) throws BackendFailure {
    Matcher create =
        Pattern.compile(
                "gcloud kms keys create (\\S+) --keyring=contract --location=\\S+ --project=\\S+"
                    + " --purpose=encryption --protection-level=hsm --import-only"
                    + " --skip-initial-version-creation --labels=(\\S+)$")
            .matcher(refusal);
    assertThat(create.find()).as(refusal).isTrue();
    make(create.group(1), create.group(2));
  }

  private void make(String id, String labels) throws BackendFailure {
    CryptoKey.Builder record =
        CryptoKey.newBuilder()
            .setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT)
            .setVersionTemplate(
                CryptoKeyVersionTemplate.newBuilder().setProtectionLevel(ProtectionLevel.HSM))
            .setImportOnly(true);
    for (String label : labels.split(",", -1)) {
      record.putLabels(label.split("=", -1)[0], label.split("=", -1)[1]);
    }
    administrator.send(
        GcpOperation.CREATE_KEY,
        ring,
        request ->
            request.setCryptoKeyId(id).setSkipInitialVersionCreation(true).setCryptoKey(record),
        bench.call());
  }

  @Test
  void saysThatADeletedKeysNameIsNeverFree() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    bench
        .backend()
        .changeState(key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
    bench.clock().advance(Duration.ofDays(30));
    String name = GcpNames.key(ring, key.name().value());
    administrator.send(DELETE_VERSION, name + "/cryptoKeyVersions/1", bench.call());
    delete(name);

    CreateRequest again =
        CreateRequest.of(
            key.name(),
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.NEVER,
            EnvironmentType.DEVELOPMENT,
            "another");
    assertThat(
            catchThrowableOfType(
                BackendFailure.class, () -> bench.backend().create(again, bench.call())))
        .returns(FailureCode.ALREADY_EXISTS, BackendFailure::code)
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
        .hasMessageContaining("deleted")
        .hasMessageContaining("never frees the name");
  }
}
