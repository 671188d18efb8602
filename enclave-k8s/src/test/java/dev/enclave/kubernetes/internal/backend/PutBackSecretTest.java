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
import dev.enclave.admin.ManagedKey;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.SteppedTasks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A Secret that an administrator of the cluster deletes and puts back while no process runs. */
@ExtendWith(SharedApiServer.class)
class PutBackSecretTest {

  private static final BackendId LENDER = BackendId.of("hsm");
  private static final Message PAY = Message.ofUtf8("pay");

  private final ApiServer server;
  private final Pod pod;
  private final Path audit;
  private final InMemoryProvider lender = new InMemoryProvider().id("hsm");
  private SteppedTasks tasks = new SteppedTasks();

  PutBackSecretTest(ApiServer server, @TempDir Path directory) {
    this.server = server;
    this.pod = Pod.in(server);
    this.audit = directory.resolve("audit");
    try (Enclave enclave = open(Map.of("enclave.backend", "hsm"))) {
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER));
    }
  }

  private Enclave open(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", "production");
    settings.put("enclave.minimum-assurance", "HSM_WRAPPED");
    settings.put("enclave.audit.directory", audit.toString());
    tasks = new SteppedTasks();
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod)
        .with(new PatientTime())
        .scheduler(tasks)
        .with(lender)
        .with(new KubernetesBackendProvider())
        .config(new ConfigSource("test", settings))
        .open();
  }

  private Enclave sealed() {
    return open(Map.of("enclave.backend", "kubernetes", "enclave.kubernetes.kek", "hsm:kek"));
  }

  private static SigningKey create(Enclave enclave) {
    return enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519));
  }

  private String path() {
    return "/api/v1/namespaces/" + pod.namespace() + "/secrets/enclave-payments-key";
  }

  private void destroy(Enclave enclave, SigningKey key, KeyVersionId version) {
    ManagedKey managed = enclave.admin().key(key.handle());
    managed.disable(version);
    managed.destroy(version);
  }

  private void delete() {
    assertThat(server.admin().delete(path()).status()).isEqualTo(200);
  }

  @Test
  void theSecretOfADestroyedKey_deletedAndPutBack_signsNoMore_onceTheLogIsRead() {
    KeyVersionId version;
    String old;
    try (Enclave enclave = sealed()) {
      SigningKey key = create(enclave);
      version = key.sign(PAY).version();
      old = server.admin().get(path()).body();
      destroy(enclave, key, version);
    }
    delete();
    server.create(old.replaceAll("\"(uid|resourceVersion)\": ?\"[^\"]*\",?", ""));

    try (Enclave enclave = sealed()) {
      SigningKey key = enclave.signingKeys().key("payments");
      assertThat(key.sign(PAY).version()).as("the old Secret").isEqualTo(version);
      tasks.runNext(passed -> {});
      EnclaveException refused = catchThrowableOfType(EnclaveException.class, () -> key.sign(PAY));
      assertThat(refused).as("signing with a version that was destroyed").isNotNull();
      assertThat(refused.code()).isEqualTo(ErrorCode.KEY_DATA_CORRUPT);
      assertThat(enclave.health().findings())
          .anyMatch(
              finding ->
                  finding.code() == ErrorCode.KEY_DATA_CORRUPT
                      && finding.observed().contains("of key payments was destroyed at"));
    }
  }

  @Test
  void aKeyMadeAnew_whereTheSecretWasDeleted_signs() {
    try (Enclave enclave = sealed()) {
      SigningKey key = create(enclave);
      destroy(enclave, key, key.activeVersion().id());
    }
    delete();

    try (Enclave enclave = sealed()) {
      SigningKey key = create(enclave);
      tasks.runNext(passed -> {});
      assertThat(key.verify(PAY, key.sign(PAY))).isTrue();
      assertThat(enclave.health().healthy()).isTrue();
    }
  }
}
