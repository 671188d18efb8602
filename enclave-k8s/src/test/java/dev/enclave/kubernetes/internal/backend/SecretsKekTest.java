package dev.enclave.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may read Secrets and call the API has no private key by that. */
@ExtendWith(SharedApiServer.class)
class SecretsKekTest {

  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519);

  private final ApiServer server;
  private final Pod pod;
  private final InMemoryProvider lender = new InMemoryProvider().id("hsm");

  private Bytes record;

  SecretsKekTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
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

  private Enclave onSecrets(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.backend", "kubernetes");
    settings.put("enclave.kubernetes.kek", "hsm:kek");
    return open(settings);
  }

  private Enclave onTheLender(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.backend", "hsm");
    return open(settings);
  }

  @BeforeEach
  void makeAKey() {
    try (Enclave enclave = onTheLender(Map.of())) {
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    }
    try (Enclave enclave = onSecrets(Map.of())) {
      enclave.createKey(KEY);
    }
    record =
        Bytes.of(
            Base64.getDecoder()
                .decode(
                    server
                        .admin()
                        .get(
                            "/api/v1/namespaces/"
                                + pod.namespace()
                                + "/secrets/enclave-payments-key")
                        .required("data", "record")));
  }

  /** As the Secret has it. */
  private SealedBytes dataKey() {
    return SealedBytes.parse(RecordBackend.dataKeyOf(record).orElseThrow().wrapped().toByteArray());
  }

  /** What the record's data key is bound to: magic, store, name, algorithm and stamp. */
  private byte[] identity() {
    ByteBuffer in = ByteBuffer.wrap(record.toByteArray()).position(8);
    for (int text = 0; text < 4; text++) {
      int length = in.getShort();
      in.position(in.position() + length);
    }
    return Arrays.copyOf(record.toByteArray(), in.position());
  }

  private static EnclaveException refused(ThrowingCallable call) {
    return catchThrowableOfType(EnclaveException.class, call);
  }

  @Test
  void refusesCallers_theKeyThatTheSettingNames() {
    try (Enclave enclave = onSecrets(Map.of())) {
      EnclaveException refused = refused(() -> enclave.unseal(dataKey(), identity()));
      assertThat(refused.code()).isEqualTo(ErrorCode.KEY_LENT);
      assertThat(refused).hasMessageContaining("setting enclave.kubernetes.kek lends it");
    }
  }

  @Test
  void aCallersUnseal_opensNoDataKeyOfASecret_whereTheKeyIsOpenToBoth() {
    Map<String, String> both = Map.of("enclave.lent-keys-open-to-callers", "hsm:kek");
    try (Enclave enclave = onSecrets(both)) {
      assertThat(refused(() -> enclave.unseal(dataKey(), identity())).code())
          .isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
      assertThat(enclave.signingKeys().key("payments").sign(Message.ofUtf8("pay"))).isNotNull();
    }
  }

  @Test
  void aCallersUnseal_opensNoDataKeyOfASecret_inAServiceThatLendsNothing() {
    try (Enclave enclave = onTheLender(Map.of())) {
      assertThat(refused(() -> enclave.unseal(dataKey(), identity())).code())
          .isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
    }
  }
}
