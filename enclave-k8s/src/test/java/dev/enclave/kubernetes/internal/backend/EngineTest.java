package dev.enclave.kubernetes.internal.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.Canary;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A whole Enclave in PRODUCTION: keys in Secrets, sealed by a wrapping key of another backend. */
@ExtendWith(SharedApiServer.class)
class EngineTest {

  private static final BackendId LENDER = BackendId.of("hsm");
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519);
  private static final String PASSWORD = "a password for tests";

  private final ApiServer server;
  private final Pod pod;
  private final InMemoryProvider lender = new InMemoryProvider().id("hsm");
  private RecordingAuditSink audit = new RecordingAuditSink();

  EngineTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
  }

  private Enclave open(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.putIfAbsent("enclave.environment", "production");
    settings.putIfAbsent("enclave.backend", "kubernetes");
    settings.put("enclave.minimum-assurance", "HSM_WRAPPED");
    audit = new RecordingAuditSink();
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod)
        .with(new PatientTime())
        .with(audit)
        .with(lender)
        .with(new KubernetesBackendProvider())
        .config(new ConfigSource("test", settings))
        .open();
  }

  private void makeTheKek() {
    try (Enclave enclave = open(Map.of("enclave.backend", "hsm"))) {
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER));
    }
  }

  private Enclave sealed() {
    return open(Map.of("enclave.kubernetes.kek", "hsm:kek"));
  }

  @Test
  void createsSignsAndRotates_underAKeyThatBackendAndNameName() {
    makeTheKek();
    Message pay = Message.ofUtf8("pay");
    SignatureValue before;
    try (Enclave enclave = sealed()) {
      SigningKey key = enclave.createKey(KEY);
      assertThat(key.handle().authority()).isEqualTo(pod.namespace());
      before = key.sign(pay);
      enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      assertThat(key.sign(pay).version()).isNotEqualTo(before.version());
    }
    try (Enclave enclave = sealed()) {
      SigningKey key = enclave.signingKeys().key("payments");
      assertThat(key.verify(pay, before)).isTrue();
      assertThat(key.verify(pay, key.sign(pay))).isTrue();
      // A signature is made here: nothing is on its way while it is.
      assertThat(audit.events())
          .filteredOn(event -> event.operation() == AuditEvent.Operation.SIGN)
          .extracting(AuditEvent::phase)
          .containsOnly(AuditEvent.Phase.SINGLE);
      assertThat(key.info().versions())
          .allMatch(version -> version.assurance() == Assurance.HSM_WRAPPED);
    }
    assertThat(audit.events())
        .extracting(event -> event.caller() + " " + event.operation())
        .contains("backend:kubernetes " + AuditEvent.Operation.UNSEAL);
  }

  @Test
  void doesNotStart_withoutAKey_andSaysWhichLineToAdd() {
    EnclaveException refused = catchThrowableOfType(EnclaveException.class, () -> open(Map.of()));
    assertThat(refused).hasMessageContaining("enclave.kubernetes.kek=aws-kms:payments-kek");
  }

  @Test
  void doesNotStart_whenTheKeyIsNotThere() {
    EnclaveException refused = catchThrowableOfType(EnclaveException.class, this::sealed);
    assertThat(refused).hasMessageContaining("kek");
  }

  @Test
  void nothingOfAPrivateKeyIsInTheSecret() throws GeneralSecurityException {
    makeTheKek();
    try (Enclave enclave = sealed()) {
      SigningKey key = enclave.createKey(KEY);
      byte[] seed = seedOf(enclave.admin().key(key.handle()).backup(PASSWORD.toCharArray()));
      Canary canary = new Canary();
      canary.watch("seed", seed);

      assertThat(secrets()).contains("enclave-payments-key", "\"enclave.dev/key\"");
      assertThat(canary.found(secrets())).isEmpty();

      // In hexadecimal, which shows only once the data are decoded.
      server.create(leaking(HexFormat.of().formatHex(seed).getBytes(US_ASCII)));
      assertThat(canary.found(secrets())).as("the same search, of a leak").contains("seed as hex");
    }
  }

  /** Every Secret as the API server gives it to who may read it, and the data in it decoded. */
  private String secrets() {
    String body = server.admin().get("/api/v1/namespaces/" + pod.namespace() + "/secrets").body();
    StringBuilder all = new StringBuilder(body);
    Object list = Json.object(body.getBytes(UTF_8)).orElseThrow();
    for (Object secret : Json.list(list, "items")) {
      for (String value : Json.texts(secret, "data").values()) {
        all.append('\n').append(new String(Base64.getDecoder().decode(value), ISO_8859_1));
      }
    }
    return all.toString();
  }

  private String leaking(byte[] content) {
    return """
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "%s", "name": "leak"},
     "data": {"content": "%s"}}
    """
        .formatted(pod.namespace(), Base64.getEncoder().encodeToString(content));
  }

  /** The private key itself (RFC 8032 §5.1.5). */
  private static byte[] seedOf(KeyBackup backup) throws GeneralSecurityException {
    try (SecretBytes password = SecretBytes.takeOver(PASSWORD.getBytes(US_ASCII));
        ExportedKey key =
            BackupFile.decrypt(backup, password, KEY.name(), Instant.EPOCH, new SecureRandom())) {
      byte[] pkcs8 = key.versions().get(0).material().orElseThrow().exposeSecret();
      EdECPrivateKey read =
          (EdECPrivateKey)
              KeyFactory.getInstance("Ed25519", "SunEC")
                  .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      return read.getBytes().orElseThrow();
    }
  }
}
