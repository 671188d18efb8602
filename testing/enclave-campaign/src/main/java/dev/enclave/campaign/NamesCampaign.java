package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.Orphans.Orphan;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudAccount.State;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is at the provider is called by its whole name, in failures, lists and the audit log. */
@Tag("full")
public abstract class NamesCampaign {

  /** A key of an Ethereum address: what looks for keys in texts takes the name for one. */
  private static final String NAME = "eth-5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";

  private static final int ALL = 1_000_000;

  private final CloudUnderTest cloud;
  private final String activates;

  /**
   * Against this cloud.
   *
   * @param activates the request without which a new version does not become the active one
   */
  protected NamesCampaign(CloudUnderTest cloud, String activates) {
    this.cloud = cloud;
    this.activates = activates;
  }

  /** Leaves a version behind, where an interrupted rotation does not. */
  protected void leaveAnOrphan(CloudAccount account, String name) {}

  /** Which request of that kind in a rotation makes the new version active, counted from 1. */
  protected int activatingRequest() {
    return 1;
  }

  @Test
  void aFailedSignature_namesTheVersion() {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openCalm()) {
      SigningKey key = create(enclave);
      KeyVersion version = key.info().versions().get(0);
      if (cloud.requests().signsInMemory()) {
        requireNamedByAReading(bench);
        return;
      }
      bench.faults.follow(
          FaultPlan.NONE.between(
              cloud.requests().sign(), 1, ALL, Fault.refused(Reason.INTERNAL_ERROR)));

      EnclaveException failure =
          catchThrowableOfType(
              EnclaveException.class, () -> key.sign(Message.ofUtf8("pay 10 to Alice")));

      assertThat(failure).hasMessageContaining(" on " + version.providerUri() + ":");
      assertThat(failure.getMessage()).contains(NAME).doesNotContain("[withheld]");
    }
  }

  /** A key in memory signs without the service; reading it is what can fail. */
  private void requireNamedByAReading(Bench bench) {
    try (Enclave other = bench.open()) {
      FaultPlan failing = FaultPlan.NONE;
      for (String operation : cloud.requests().reads()) {
        failing = failing.between(operation, 1, ALL, Fault.refused(Reason.INTERNAL_ERROR));
      }
      bench.faults.follow(failing);
      EnclaveException failure =
          catchThrowableOfType(EnclaveException.class, () -> other.signingKeys().key(NAME));
      bench.faults.follow(FaultPlan.NONE);
      assertThat(failure.getMessage()).contains(NAME).doesNotContain("[withheld]");
    }
  }

  @Test
  void whatIsDiscarded_isShownAndRecordedByItsName() {
    try (Bench bench = new Bench(cloud)) {
      interruptARotation(bench);
      if (hasNothingToDiscard(bench)) {
        requireGivenUp(bench);
        return;
      }
      try (CloudAccount account = bench.account()) {
        leaveAnOrphan(account, NAME);
        requireNamed(bench, account);
      }
    }
  }

  private static boolean hasNothingToDiscard(Bench bench) {
    try (Enclave enclave = bench.open()) {
      return enclave.admin().orphans().isEmpty();
    }
  }

  /**
   * Where a key and its versions are one object, a version that was given up is one of the key's:
   * anybody sees it, and a rotation an hour later destroys it.
   */
  private static void requireGivenUp(Bench bench) {
    SkippingTime later = bench.time();
    try (Enclave enclave = bench.open(later, bench.audit());
        CloudAccount account = bench.account()) {
      KeyVersion pending = one(enclave, KeyState.PENDING);
      assertThat(account.keys()).containsKey(pending.providerUri());
      later.skip(Duration.ofHours(2));
      enclave.admin().key(NAME).rotate(RotationRequest.now());
      assertThat(one(enclave, KeyState.DESTROYED).id()).isEqualTo(pending.id());
      assertThat(account.keys()).doesNotContainKey(pending.providerUri());
    }
  }

  private static KeyVersion one(Enclave enclave, KeyState state) {
    return enclave.admin().key(NAME).info().versions().stream()
        .filter(version -> version.state() == state)
        .findFirst()
        .orElseThrow();
  }

  private static void requireNamed(Bench bench, CloudAccount account) {
    RecordingAuditSink audit = new RecordingAuditSink();
    SkippingTime later = bench.time();
    later.skip(Duration.ofHours(20));
    try (Enclave afterwards = bench.open(later, audit)) {
      List<String> orphans =
          afterwards.admin().orphans().orElseThrow().find().stream()
              .map(Orphan::providerUri)
              .toList();
      assertThat(orphans).isNotEmpty().isSubsetOf(account.keys().keySet());

      assertThat(afterwards.admin().orphans().orElseThrow().discard())
          .extracting(Orphan::providerUri)
          .containsExactlyInAnyOrderElementsOf(orphans);

      assertThat(audit.events(Operation.DISCARD))
          .filteredOn(event -> event.phase() == Phase.OUTCOME)
          .extracting(AuditEvent::details)
          .extracting(details -> details.get("providerUri"))
          .containsExactlyInAnyOrderElementsOf(orphans);
      assertThat(orphans)
          .allSatisfy(name -> assertThat(account.keys().get(name)).isNotEqualTo(State.LIVE));
    }
  }

  /** A rotation ends before its version is active, and another one gets through. */
  private void interruptARotation(Bench bench) {
    try (Enclave enclave = bench.openCalm()) {
      SigningKey key = create(enclave);
      // Or a rotation makes it first, by requests of the same kinds.
      enclave.admin().statementKey();
      bench.faults.follow(
          FaultPlan.NONE.between(activates, activatingRequest(), ALL, Fault.resetBefore()));
      assertThat(
              catchThrowable(() -> enclave.admin().key(key.handle()).rotate(RotationRequest.now())))
          .isInstanceOf(EnclaveException.class);
      bench.faults.follow(FaultPlan.NONE);
    }
    try (Enclave other = bench.open()) {
      other.admin().key(NAME).rotate(RotationRequest.now());
    }
  }

  private static SigningKey create(Enclave enclave) {
    return enclave.createKey(KeySpec.named(NAME).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }
}
