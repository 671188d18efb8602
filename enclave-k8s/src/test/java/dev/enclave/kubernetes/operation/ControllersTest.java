package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.internal.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets as controllers write them, which are not at hand, on a real API server. */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class ControllersTest {

  private static final Message PAY = Message.ofUtf8("pay");
  private static final String SECRET = "enclave-orders-key";

  private final Pod pod;
  private final Kubectl kubectl;
  private final RoleEnclave enclaves;
  private String record = "";

  ControllersTest(ApiServer server, @TempDir Path folder) throws IOException {
    this.pod = Pod.in(server);
    this.kubectl = new Kubectl(server, folder);
    this.enclaves = new RoleEnclave(pod.namespace()).withKek(pod);
  }

  /** By the commands of docs/kubernetes.md. */
  @BeforeEach
  void makeTheRecord() throws Exception {
    try (Enclave enclave = enclaves.open(pod)) {
      enclave.createKey(KeySpec.named("orders").algorithm(SigningAlgorithm.ED25519));
    }
    record = export();
    namespaced("delete", "secret", SECRET);
  }

  private String export() throws Exception {
    return namespaced("get", "secret", SECRET, "-o", "jsonpath={.data.record}");
  }

  private String namespaced(String... args) throws Exception {
    String[] all = new String[args.length + 2];
    all[0] = "-n";
    all[1] = pod.namespace();
    System.arraycopy(args, 0, all, 2, args.length);
    return kubectl.succeed(all);
  }

  private void write(String shape, String content) throws Exception {
    try (InputStream in =
        Objects.requireNonNull(ControllersTest.class.getResourceAsStream(shape + ".yaml"))) {
      kubectl.apply(
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace("$namespace$", pod.namespace())
              .replace("$record$", content));
    }
  }

  private String revision() throws Exception {
    return namespaced("get", "secret", SECRET, "-o", "jsonpath={.metadata.resourceVersion}");
  }

  private static EnclaveException refused(ThrowingCallable call) {
    EnclaveException refused = catchThrowableOfType(EnclaveException.class, call);
    assertThat(refused).isNotNull();
    return refused;
  }

  @ParameterizedTest
  @CsvSource({
    "sealed-secrets, sealed-secrets (an ownerReference to SealedSecret)",
    "external-secrets, External Secrets Operator (an ownerReference to ExternalSecret)",
    "argo-cd, Argo CD",
    "argo-cd-2, Argo CD or Helm",
    "flux, Flux"
  })
  void itsKeyIsUsed_andNeverChanged(String shape, String controller) throws Exception {
    write(shape, record);
    String before = revision();
    try (Enclave enclave = enclaves.open(pod)) {
      SigningKey orders = enclave.signingKeys().key("orders");
      assertThat(orders.verify(PAY, orders.sign(PAY))).isTrue();
      KeyVersion active = orders.activeVersion();
      assertThat(
              refused(() -> enclave.admin().key("orders").rotate(RotationRequest.ifActive(active))))
          .hasMessageContaining("is written by " + controller)
          .extracting(EnclaveException::code)
          .isEqualTo(ErrorCode.POLICY_NOT_MET);
      assertThat(refused(() -> enclave.admin().key("orders").disable(active.id())))
          .hasMessageContaining(controller);
      assertThat(orders.verify(PAY, orders.sign(PAY))).isTrue();
      assertThat(revision()).isEqualTo(before);
    }
  }

  /** Released, rotated, and given back: as docs/kubernetes.md says. */
  @Test
  void itsKeyIsRotated_whereTheControllerTakesItFrom() throws Exception {
    write("external-secrets", record);
    SignatureValue old;
    KeyVersion first;
    try (Enclave enclave = enclaves.open(pod)) {
      SigningKey orders = enclave.signingKeys().key("orders");
      first = orders.activeVersion();
      old = orders.sign(PAY);
    }
    // The garbage collector does this once the ExternalSecret is deleted with --cascade=orphan.
    namespaced(
        "patch",
        "secret",
        SECRET,
        "--type=json",
        "-p=[{\"op\": \"remove\", \"path\": \"/metadata/ownerReferences\"}]");
    String ours = "reconcile.external-secrets.io/";
    namespaced("label", "secret", SECRET, ours + "managed-", ours + "created-by-");
    namespaced("annotate", "secret", SECRET, ours + "data-hash-");
    try (Enclave enclave = enclaves.open(pod)) {
      enclave.admin().key("orders").rotate(RotationRequest.ifActive(first));
    }
    String rotated = export();
    namespaced("delete", "secret", SECRET);
    write("external-secrets", rotated);
    try (Enclave enclave = enclaves.open(pod)) {
      SigningKey orders = enclave.signingKeys().key("orders");
      assertThat(orders.activeVersion()).isNotEqualTo(first);
      assertThat(orders.verify(PAY, orders.sign(PAY))).isTrue();
      assertThat(orders.verify(PAY, old)).isTrue();
    }
  }

  @Test
  void aKeyInPemIsNoRecord() throws Exception {
    String pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----";
    write(
        "sealed-secrets",
        Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    try (Enclave enclave = enclaves.open(pod)) {
      assertThat(refused(() -> enclave.signingKeys().key("orders")))
          .hasMessageContaining("Secret " + pod.namespace() + "/" + SECRET)
          .extracting(EnclaveException::code)
          .isEqualTo(ErrorCode.KEY_DATA_CORRUPT);
    }
  }
}
