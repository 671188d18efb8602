package dev.enclave.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sealed records that an administrator of the cluster writes over, under a running Enclave. */
@ExtendWith(SharedApiServer.class)
class TamperedSecretTest {

  private static final BackendId LENDER = BackendId.of("hsm");
  private static final Message PAY = Message.ofUtf8("pay");

  private final ApiServer server;
  private final Pod pod;
  private final InMemoryProvider lender = new InMemoryProvider().id("hsm");

  TamperedSecretTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
    try (Enclave enclave = open(Map.of("enclave.backend", "hsm"))) {
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER));
    }
  }

  private Enclave open(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", "production");
    settings.put("enclave.minimum-assurance", "HSM_WRAPPED");
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod)
        .with(new PatientTime())
        .with(new RecordingAuditSink())
        .with(lender)
        .with(new KubernetesBackendProvider())
        .config(new ConfigSource("test", settings))
        .open();
  }

  private Enclave sealed() {
    return open(Map.of("enclave.backend", "kubernetes", "enclave.kubernetes.kek", "hsm:kek"));
  }

  private static SigningKey create(Enclave enclave, String name) {
    return enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519));
  }

  private String path(String key) {
    return "/api/v1/namespaces/" + pod.namespace() + "/secrets/enclave-" + key + "-key";
  }

  private String recordOf(String key) {
    return server.admin().get(path(key)).required("data", "record");
  }

  private String revisionOf(String key) {
    return server.admin().get(path(key)).required("metadata", "resourceVersion");
  }

  private void write(String key, String record) {
    ApiClient.Answer before = server.admin().get(path(key));
    String changed = before.body().replace(before.required("data", "record"), record);
    assertThat(server.admin().put(path(key), changed).status()).isEqualTo(200);
  }

  private void isRefused(String key, String why, ThrowingCallable call) {
    String before = revisionOf(key);
    EnclaveException refused = catchThrowableOfType(EnclaveException.class, call);
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(ErrorCode.KEY_DATA_CORRUPT);
    assertThat(refused)
        .hasMessageContaining("Secret " + pod.namespace() + "/enclave-" + key + "-key")
        .hasMessageContaining(why)
        .message()
        .doesNotContain(recordOf(key).substring(0, 40));
    assertThat(revisionOf(key)).as("the Secret is left as it is").isEqualTo(before);
  }

  @Test
  void refusesAChangedByte_whereverItIs() {
    try (Enclave enclave = sealed()) {
      create(enclave, "payments");
      create(enclave, "other");
    }
    byte[] record = Base64.getDecoder().decode(recordOf("payments"));
    for (int at : List.of(0, 20, record.length / 2, record.length - 60, record.length - 1)) {
      byte[] changed = record.clone();
      changed[at] ^= 1;
      write("payments", Base64.getEncoder().encodeToString(changed));
      try (Enclave enclave = sealed()) {
        isRefused("payments", "", () -> enclave.signingKeys().key("payments").sign(PAY));
        assertThat(enclave.signingKeys().key("other").sign(PAY)).isNotNull();
      }
    }
  }

  @Test
  void refusesTheSealedRecordOfAnotherKey() {
    try (Enclave enclave = sealed()) {
      create(enclave, "payments");
      create(enclave, "treasury");
    }
    write("payments", recordOf("treasury"));
    try (Enclave enclave = sealed()) {
      isRefused("payments", "treasury", () -> enclave.signingKeys().key("payments"));
    }
  }

  /** Nothing in the cluster tells a new process that there was a newer one: the threat model. */
  @Test
  void refusesAnOlderRecord_whereTheNewerOneWasSeen_andTakesItAfterARestart() {
    KeyVersionId first;
    try (Enclave enclave = sealed()) {
      SigningKey key = create(enclave, "payments");
      first = key.activeVersion().id();
      String older = recordOf("payments");
      enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(first));
      assertThat(key.sign(PAY).version()).isNotEqualTo(first);
      write("payments", older);
      isRefused("payments", "earlier", () -> enclave.admin().key(key.handle()).info());
    }
    try (Enclave enclave = sealed()) {
      assertThat(enclave.signingKeys().key("payments").activeVersion().id()).isEqualTo(first);
    }
  }
}
