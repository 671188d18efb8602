package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.cloud.CloudCall;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The audit log and the provider's own log of requests tell the same story, id by id. */
class AuditJournalTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  private CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private Bench bench = Bench.in("production").with(cloud);

  @Test
  void agree_whenNothingGoesWrong() {
    try (Enclave enclave = bench.open()) {
      everything(enclave);
    }
    agree();
    assertThat(bench.audit.outcomes()).allMatch(e -> e.providerRequestId().isPresent());
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudOperation.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEALTH", "LIST", "ADOPT", "WRAP", "UNWRAP"})
  void agree_whateverIsRefusedLostOrRepeated(CloudOperation operation) {
    for (Fault fault :
        List.of(
            Fault.unavailable(),
            Fault.throttled(),
            Fault.accessDenied(),
            Fault.permanent(FailureCode.INVALID_STATE),
            Fault.Lost.REQUEST,
            Fault.Lost.HALFWAY,
            Fault.Lost.ANSWER)) {
      cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
      bench = Bench.in("production").with(cloud);
      try (Enclave enclave = bench.open()) {
        cloud.faults().every(operation, 2, fault);
        everything(enclave);
        everything(enclave);
      }
      assertThat(cloud.faults().calls(operation)).as("%s at %s", fault, operation).isGreaterThan(1);
      agree();
    }
  }

  @Test
  void agree_whenTheAnswerIsWrong() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      for (Fault.Wrong wrong : Fault.Wrong.values()) {
        cloud.faults().next(CloudOperation.SIGN, 1, wrong);
        assertThat(catchThrowable(() -> key.sign(MESSAGE))).isInstanceOf(EnclaveException.class);
      }
    }
    agree();
  }

  @Test
  void agree_whenDataKeysAreWrapped() {
    cloud = new CloudShapedProvider(CloudVariant.WRAPPING);
    bench = Bench.in("production").with(cloud);
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      cloud.faults().next(CloudOperation.WRAP, 1, Fault.throttled());
      SealedBytes box = enclave.seal("kek-1", new byte[] {1}, new byte[0]);
      cloud.faults().next(CloudOperation.UNWRAP, 2, Fault.unavailable());
      enclave.unseal(box, new byte[0]);
    }
    agree();
  }

  @Test
  void callsItAFailure_whenTheBackendItselfRefuses() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      cloud.faults().every(CloudOperation.SIGN, 1, Fault.permanent(FailureCode.INVALID_STATE));
      assertThat(catchThrowable(() -> key.sign(MESSAGE))).isInstanceOf(EnclaveException.class);
    }
    assertThat(bench.audit.outcomes())
        .last()
        .satisfies(e -> assertThat(e.result()).isEqualTo(Result.FAILURE));
  }

  private static void everything(Enclave enclave) {
    List<Runnable> steps =
        List.of(
            () -> enclave.ensureKey(KEY),
            () -> enclave.signingKeys().key("wallet-42").sign(MESSAGE),
            () ->
                enclave
                    .admin()
                    .key(enclave.signingKeys().key("wallet-42").handle())
                    .rotate(RotationRequest.now()),
            () -> enclave.signingKeys().key("wallet-42").sign(MESSAGE),
            () -> enclave.createKey(KEY),
            () -> {
              SigningKey key = enclave.signingKeys().key("wallet-42");
              enclave.admin().key(key.handle()).disable(key.activeVersion().id());
            },
            () -> {
              SigningKey key = enclave.signingKeys().key("wallet-42");
              enclave
                  .admin()
                  .key(key.handle())
                  .enable(key.info().versions().get(key.info().versions().size() - 1).id());
            },
            () ->
                enclave
                    .admin()
                    .key(enclave.signingKeys().key("wallet-42").handle())
                    .changeRotation(RotationInterval.every(Duration.ofDays(30))));
    for (Runnable step : steps) {
      Throwable failed = catchThrowable(step::run);
      assertThat(failed == null || failed instanceof EnclaveException).isTrue();
    }
  }

  /**
   * Every call with an effect had a durable intent of its operation before, is in exactly one
   * record with its request id; and every id in the log is one of a call of the same operation.
   */
  private void agree() {
    List<String> told = new ArrayList<>();
    for (AuditEvent event : bench.audit.events()) {
      for (String id : requestIds(event)) {
        assertThat(cloud.journal())
            .anyMatch(c -> c.requestId().equals(id) && c.operationId().equals(event.operationId()));
        told.add(id);
      }
    }
    assertThat(told).doesNotHaveDuplicates();
    List<CloudCall> effects = cloud.journal().stream().filter(CloudCall::hasEffect).toList();
    assertThat(told).containsAll(effects.stream().map(CloudCall::requestId).toList());
    assertThat(bench.audit.intents())
        .extracting(AuditEvent::operationId)
        .doesNotHaveDuplicates()
        .containsAll(effects.stream().map(CloudCall::operationId).toList());
    assertThat(bench.audit.outcomes())
        .extracting(AuditEvent::operationId)
        .containsExactlyInAnyOrderElementsOf(
            bench.audit.intents().stream().map(AuditEvent::operationId).toList());
  }

  private static List<String> requestIds(AuditEvent event) {
    Stream<String> earlier =
        Optional.ofNullable(event.details().get("earlierRequestIds")).stream()
            .flatMap(ids -> Arrays.stream(ids.split(" ", -1)));
    return Stream.concat(earlier, event.providerRequestId().stream()).toList();
  }
}
