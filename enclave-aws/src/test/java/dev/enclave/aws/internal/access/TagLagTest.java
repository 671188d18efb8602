package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * AWS takes up to five minutes until policies see new tags and aliases: the policies that doctor
 * prints name both.
 */
class TagLagTest {

  private static final Duration LAG = Duration.ofMinutes(5);

  private static KmsBench lagging() {
    return new KmsBench(
        server ->
            server
                .authorizationLag(LAG)
                .identityPolicy(PrintedPolicies.of(PrintedPolicies.SIGNING))
                .identityPolicy(PrintedPolicies.of(PrintedPolicies.CREATING))
                .identityPolicy(PrintedPolicies.of(PrintedPolicies.RECONCILE)));
  }

  private interface Work {
    void run() throws BackendFailure;
  }

  private static BackendFailure failureOf(Work work) {
    return catchThrowableOfType(BackendFailure.class, work::run);
  }

  private static void requirePassing(BackendFailure failure) {
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("less than six minutes ago");
  }

  private static KeySnapshot create(KmsBench bench, CreateRequest request) throws BackendFailure {
    return bench.backend.create(request, bench.call(request.operationId()));
  }

  private static CreateRequest request(KmsBench bench) {
    return bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
  }

  private static long keys(KmsBench bench) {
    return bench.requests().stream().filter("CreateKey"::equals).count();
  }

  @Test
  void creationGoesOnByItsOperationId_minutesAfterItsDeadline_andLeavesNothing()
      throws BackendFailure {
    try (KmsBench bench = lagging()) {
      CreateRequest request = request(bench);
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(Duration.ofMinutes(1));
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(LAG);
      KeySnapshot key = create(bench, request);
      assertThat(key.versions()).extracting(KeyVersion::state).containsExactly(KeyState.ACTIVE);
      assertThat(keys(bench)).isEqualTo(1);
      bench.clock.advance(Duration.ofHours(1));
      assertThat(bench.backend.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    }
  }

  @Test
  void aCreationThatNobodyRepeats_isFoundAndRemovedByReconcile() throws BackendFailure {
    try (KmsBench bench = lagging()) {
      requirePassing(failureOf(() -> create(bench, request(bench))));
      bench.clock.advance(Duration.ofHours(1));
      CapableBackend another = bench.open();
      var found = another.orphans(Optional.empty(), bench.call()).orphans();
      assertThat(found).hasSize(1);
      assertThat(another.discard(found.get(0), bench.call())).isTrue();
      assertThat(another.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
      another.close();
    }
  }

  /** Beyond the lag nothing but a missing permission explains it. */
  @Test
  void aDenialIsForGood_sixMinutesAfterTheKeyWasMade() throws BackendFailure {
    try (KmsBench bench = lagging()) {
      CreateRequest request = request(bench);
      bench.server.identityPolicies(
          List.of(
              PrintedPolicies.without(
                  "kms:CreateAlias", PrintedPolicies.of(PrintedPolicies.CREATING))));
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(Duration.ofMinutes(6).plusSeconds(1));
      BackendFailure failure = failureOf(() -> create(bench, request));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(failure).hasMessageContaining("kms:CreateAlias");
      assertThat(keys(bench)).isEqualTo(1);
    }
  }

  @Test
  void rotationGoesOnByItsOperationId() throws BackendFailure {
    try (KmsBench bench = lagging()) {
      CreateRequest request = request(bench);
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(LAG);
      RotateRequest rotation = bench.rotation(create(bench, request));
      requirePassing(
          failureOf(() -> bench.backend.prepare(rotation, bench.call(rotation.operationId()))));
      bench.clock.advance(LAG);
      KeyVersion next = bench.backend.prepare(rotation, bench.call(rotation.operationId()));
      KeySnapshot rotated =
          bench.backend.activate(rotation, next.id(), bench.call(rotation.operationId()));
      assertThat(rotated.active().orElseThrow().id()).isEqualTo(next.id());
      assertThat(keys(bench)).isEqualTo(2);
    }
  }

  /** The signer's policy asks for an alias besides. */
  @Test
  void useOfANewKeyIsDeniedForAWhile_byWhatPasses() throws BackendFailure {
    try (KmsBench bench = lagging()) {
      CreateRequest request = bench.request(KmsBench.NAME, WrappingAlgorithm.AES_256_GCM);
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(LAG);
      KeySnapshot kek = create(bench, request);
      try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
        requirePassing(
            failureOf(
                () ->
                    bench.backend.wrap(
                        kek.ref(kek.active().orElseThrow()), dataKey, bench.call())));
        bench.clock.advance(LAG);
        assertThat(bench.backend.wrap(kek.ref(kek.active().orElseThrow()), dataKey, bench.call()))
            .isNotNull();
      }
    }
  }

  /** Another process cannot know how old the denial is. */
  @Test
  void aProcessThatMadeNothingIsToldOfTheMissingPermission() throws BackendFailure {
    try (KmsBench bench = lagging()) {
      CreateRequest request = request(bench);
      requirePassing(failureOf(() -> create(bench, request)));
      bench.clock.advance(LAG);
      KeySnapshot key = create(bench, request);
      bench.server.identityPolicies(List.of(PrintedPolicies.of(PrintedPolicies.SIGNING)));
      CapableBackend signer = bench.open();
      BackendFailure failure =
          failureOf(
              () ->
                  signer.sign(
                      key.ref(key.active().orElseThrow()),
                      Message.ofUtf8("pay 10 to Alice"),
                      bench.call()));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure)
          .hasMessageStartingWith("kms:Sign on ")
          .hasMessageContaining("Allow it in the policies concerned");
      signer.close();
    }
  }
}
