package dev.enclave.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.KubernetesRelay;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.LentKek;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which key-encryption key seals, what that gives, and what it does not open. */
@ExtendWith(SharedApiServer.class)
class KubernetesBackendTest {

  private static final KeyName NAME = KeyName.of("payments");
  private static final Map<String, String> SEALED = Map.of("kek", "hsm:kek");

  /** What no test waits for. */
  private static final Duration LONG = Duration.ofMinutes(30);

  private final ApiServer server;
  private final Pod pod;
  private final LentKek kek = new LentKek("kek", Assurance.HSM);

  KubernetesBackendTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
  }

  private SigningBackend open(EnvironmentType environment, Map<String, String> settings)
      throws BackendFailure {
    return new KubernetesBackendProvider().open(pod.context(environment, settings).lending(kek));
  }

  private static KeySnapshot create(SigningBackend backend, EnvironmentType stamp)
      throws BackendFailure {
    return create(backend, stamp, NAME);
  }

  private static KeySnapshot create(SigningBackend backend, EnvironmentType stamp, KeyName name)
      throws BackendFailure {
    return backend
        .capability(KeyCreator.class)
        .orElseThrow()
        .create(
            CreateRequest.of(
                name, SigningAlgorithm.ED25519, RotationInterval.NEVER, stamp, "made-" + name),
            Pod.call());
  }

  private static void sign(SigningBackend backend, KeySnapshot key) throws BackendFailure {
    backend
        .capability(KeySigner.class)
        .orElseThrow()
        .sign(
            KeyVersionRef.of(
                key.name(),
                key.active().orElseThrow().id(),
                key.algorithm(),
                KeyState.ACTIVE,
                key.stamp(),
                key.providerUri()),
            Message.ofUtf8("pay"),
            Pod.call());
  }

  private static BackendFailure failure(ThrowingCallable call) {
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  private String path(String name) {
    return "/api/v1/namespaces/" + pod.namespace() + "/secrets/enclave-" + name + "-key";
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOCAL"})
  void refusesToKeepKeysUnsealed_outsideLocal(EnvironmentType environment) {
    BackendFailure failure = failure(() -> open(environment, Map.of()));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("Add one line")
        .hasMessageContaining("enclave.kubernetes.kek=aws-kms:payments-kek");
  }

  @Test
  void refusesToKeepKeysUnsealed_whereNobodyAcknowledgesThat() {
    BackendFailure failure =
        failure(
            () ->
                new KubernetesBackendProvider()
                    .open(pod.context(EnvironmentType.LOCAL, Map.of()).acknowledging(false)));
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure)
        .hasMessageContaining("PLAINTEXT")
        .hasMessageContaining("enclave.acknowledge-reduced-security=true");
  }

  @Test
  void warnsOfUnsealedKeys_whichArePlaintext() throws BackendFailure {
    try (SigningBackend backend = open(EnvironmentType.LOCAL, Map.of())) {
      assertThat(backend.health(Pod.call()).findings())
          .extracting(Finding::code)
          .containsExactly(ErrorCode.CONFIGURATION_MISSING);
      assertThat(create(backend, EnvironmentType.LOCAL).versions().get(0).assurance())
          .isEqualTo(Assurance.PLAINTEXT);
    }
  }

  @ParameterizedTest
  @EnumSource(Assurance.class)
  void givesNoMoreThanItsKekDoes(Assurance assurance) throws BackendFailure {
    try (SigningBackend backend =
        new KubernetesBackendProvider()
            .open(
                pod.context(EnvironmentType.DEVELOPMENT, SEALED)
                    .lending(new LentKek("kek", assurance)))) {
      Assurance given = create(backend, EnvironmentType.DEVELOPMENT).versions().get(0).assurance();
      assertThat(assurance.atLeast(given)).isTrue();
      assertThat(Assurance.HSM_WRAPPED.atLeast(given)).isTrue();
      assertThat(given)
          .isEqualTo(assurance.atLeast(Assurance.HSM_WRAPPED) ? Assurance.HSM_WRAPPED : assurance);
      assertThat(backend.describe().assuranceCeiling()).hasValue(given);
    }
  }

  @Test
  void opensWhatAnOlderVersionOfTheKekWrapped_inAnotherProcess() throws BackendFailure {
    KeySnapshot key;
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      key = create(backend, EnvironmentType.PRODUCTION);
    }
    kek.rotateTo("2");
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      sign(backend, backend.load(NAME, Pod.call()));
      assertThat(backend.load(NAME, Pod.call()).versions()).hasSize(key.versions().size());
    }
  }

  @Test
  void refusesWhatAnotherKekWrapped_andSaysWhich() throws BackendFailure {
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      create(backend, EnvironmentType.PRODUCTION);
    }
    try (SigningBackend backend =
        new KubernetesBackendProvider()
            .open(
                pod.context(EnvironmentType.PRODUCTION, Map.of("kek", "hsm:other"))
                    .lending(new LentKek("other", Assurance.HSM)))) {
      assertThat(failure(() -> backend.load(NAME, Pod.call())))
          .hasMessageContaining("Secret " + pod.namespace() + "/enclave-payments-key")
          .hasMessageContaining("another key-encryption key, " + kek.handle())
          .hasMessageContaining("enclave.kubernetes.kek");
    }
    try (SigningBackend backend = open(EnvironmentType.LOCAL, Map.of())) {
      assertThat(failure(() -> backend.load(NAME, Pod.call())))
          .hasMessageContaining("none is configured");
    }
  }

  @Test
  void refusesWhatWasMadeWithoutAKek_onceThereIsOne() throws BackendFailure {
    try (SigningBackend backend = open(EnvironmentType.LOCAL, Map.of())) {
      create(backend, EnvironmentType.LOCAL);
    }
    try (SigningBackend backend = open(EnvironmentType.LOCAL, SEALED)) {
      assertThat(failure(() -> backend.load(NAME, Pod.call())))
          .hasMessageContaining("Its data key is not wrapped");
    }
  }

  @Test
  void unwrapsTheDataKeyOnce_whateverIsSigned() throws BackendFailure {
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      create(backend, EnvironmentType.PRODUCTION);
    }
    kek.unsealed.set(0);
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      assertThat(kek.unsealed).hasValue(0);
      KeySnapshot key = backend.load(NAME, Pod.call());
      for (int i = 0; i < 20; i++) {
        sign(backend, key);
      }
      assertThat(kek.unsealed).hasValue(1);
    }
  }

  @Test
  void refusesChangedBytes_andTheRecordOfAnotherKey() throws BackendFailure {
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      create(backend, EnvironmentType.PRODUCTION);
      create(backend, EnvironmentType.PRODUCTION, KeyName.of("payouts"));
    }
    Answer payments = server.admin().get(path("payments"));
    Answer payouts = server.admin().get(path("payouts"));
    String record = payments.required("data", "record");
    String other = payouts.required("data", "record");
    char changed = record.charAt(record.length() / 2) == 'A' ? 'B' : 'A';
    String damaged =
        record.substring(0, record.length() / 2)
            + changed
            + record.substring(record.length() / 2 + 1);
    for (String instead : new String[] {damaged, other, "AAAA", ""}) {
      put(record, instead);
      try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
        BackendFailure failure = failure(() -> backend.load(NAME, Pod.call()));
        assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
        assertThat(failure)
            .hasMessageContaining("Secret " + pod.namespace() + "/enclave-payments-key");
      }
      assertThat(server.admin().get(path("payments")).at("data", "record").orElse(""))
          .isEqualTo(instead);
      put(instead, record);
    }
    try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
      sign(backend, backend.load(NAME, Pod.call()));
    }
  }

  private void put(String before, String after) {
    String secret = server.admin().get(path("payments")).body();
    assertThat(
            server
                .admin()
                .put(
                    path("payments"),
                    secret
                        .replace("\"record\": \"" + before + "\"", "\"record\": \"" + after + "\"")
                        .replace("\"record\":\"" + before + "\"", "\"record\":\"" + after + "\""))
                .status())
        .isEqualTo(200);
  }

  @Test
  void refusesWhatComesAfterClosing_andClosesOnce() throws BackendFailure {
    SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED);
    backend.close();
    backend.close();
    assertThat(failure(() -> backend.load(NAME, Pod.call())).code()).isEqualTo(FailureCode.CLOSED);
  }

  /** As a mutating webhook does; the second attempt found a Secret that was not Enclave's. */
  @Test
  void saysWhatWasAskedAndWhatCameBack_whereASecretIsWrittenWithoutItsLabels()
      throws BackendFailure {
    FaultInjector faults =
        new FaultInjector(FaultPlan.parse("create secrets every 1: wrong unlabelled"));
    try (KubernetesRelay relay = KubernetesRelay.start(server, faults)) {
      pod.variable("KUBERNETES_SERVICE_PORT", Integer.toString(relay.uri().getPort()))
          .file(Pod.FOLDER + "ca.crt", relay.caPem());
      try (SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED)) {
        BackendFailure failure = failure(() -> create(backend, EnvironmentType.PRODUCTION));
        assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
            .hasMessageContaining("it was asked for Secret " + pod.namespace() + "/enclave-")
            .hasMessageContaining("enclave.dev/kind, and answered with none of them");
      }
    }
  }

  /** Closing waits for them: for half an hour, if it did not end them. */
  @Test
  void endsRequestsThatAreUnderWay_whenItIsClosed() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    KubernetesRelay relay =
        KubernetesRelay.start(
            server,
            (request, service) -> {
              underWay.countDown();
              return Delivery.after(LONG, Delivery::reset);
            });
    pod.variable("KUBERNETES_SERVICE_PORT", Integer.toString(relay.uri().getPort()))
        .file(Pod.FOLDER + "ca.crt", relay.caPem());
    SigningBackend backend = open(EnvironmentType.PRODUCTION, SEALED);
    FutureTask<BackendFailure> load = new FutureTask<>(() -> loadHeldBack(backend, underWay));
    FutureTask<Void> close = new FutureTask<>(backend::close, null);
    try (relay) {
      new Thread(load, "load").start();
      underWay.await();
      new Thread(close, "close").start();
      assertThat(load.get(1, TimeUnit.MINUTES).code()).isEqualTo(FailureCode.CLOSED);
      close.get(1, TimeUnit.MINUTES);
    } finally {
      // Only now, or it would wait as long as the other.
      backend.close();
    }
  }

  private static BackendFailure loadHeldBack(SigningBackend backend, CountDownLatch underWay) {
    CallContext call = CallContext.of("call", 1, Deadline.in(LONG, Pod.REAL_TIME), Pod.REAL_TIME);
    BackendFailure failure;
    do {
      failure = failure(() -> backend.load(NAME, call));
      // A busy machine may not even have connected in time.
    } while (underWay.getCount() > 0 && failure.code() != FailureCode.CLOSED);
    return failure;
  }
}
