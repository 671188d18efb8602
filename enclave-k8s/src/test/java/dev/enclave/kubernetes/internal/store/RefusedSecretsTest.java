package dev.enclave.kubernetes.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.record.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody else has made of a Secret is refused by its name, and left as it is. */
@ExtendWith(SharedApiServer.class)
class RefusedSecretsTest {

  private static final KeyName NAME = KeyName.of("payments");
  private static final String CONTENT =
      Base64.getEncoder().encodeToString("sealed".getBytes(StandardCharsets.UTF_8));

  private final ApiServer server;
  private final Pod pod;
  private SecretStore store;

  RefusedSecretsTest(ApiServer server) throws BackendFailure {
    this.server = server;
    this.pod = Pod.in(server);
    this.store = open();
  }

  @BeforeEach
  void openTheStore() throws BackendFailure {
    store = open();
  }

  @AfterEach
  void closeTheStore() {
    store.close();
  }

  private SecretStore open() throws BackendFailure {
    return new SecretStore(Stores.calls(pod, EnvironmentType.PRODUCTION, Map.of()));
  }

  private void place(String type, String metadata, String data, String more) {
    server.create(
        """
        {"apiVersion": "v1", "kind": "Secret", "type": "%s",
         "metadata": {"namespace": "%s", "name": "enclave-payments-key"%s},
         "data": {%s}%s}
        """
            .formatted(type, pod.namespace(), metadata, data, more));
  }

  private static String record() {
    return "\"record\": \"" + CONTENT + "\"";
  }

  private static String labelled(String more) {
    return ", \"labels\": {\"enclave.dev/kind\": \"key\"" + more + "}";
  }

  private Answer secret() {
    return server
        .admin()
        .get("/api/v1/namespaces/" + pod.namespace() + "/secrets/enclave-payments-key");
  }

  private static BackendFailure failure(ThrowingCallable call) {
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  /** Neither read, nor written over, nor made anew. */
  private void isRefused(String why) {
    String before = secret().required("metadata", "resourceVersion");
    BackendFailure found = failure(() -> store.find(NAME, Pod.call()));
    assertThat(found.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(found.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(found)
        .hasMessageContaining("Secret " + pod.namespace() + "/enclave-payments-key")
        .hasMessageContaining(why)
        .hasMessageContaining("left as it is")
        .message()
        .doesNotContain(CONTENT);
    StoredRecord read =
        StoredRecord.of(
            NAME, secret().required("metadata", "uid") + "/" + before, Bytes.of(new byte[1]));
    assertThat(failure(() -> store.replace(read, Bytes.of(new byte[2]), Pod.call())).code())
        .isEqualTo(FailureCode.CORRUPT);
    assertThat(failure(() -> store.create(NAME, Bytes.of(new byte[2]), Pod.call())).code())
        .isEqualTo(FailureCode.ALREADY_EXISTS);
    assertThat(secret().required("metadata", "resourceVersion")).isEqualTo(before);
  }

  @Test
  void takesOneOfItsOwnForm() throws BackendFailure {
    place("enclave.dev/key", labelled(""), record(), "");
    assertThat(store.find(NAME, Pod.call()))
        .hasValueSatisfying(
            stored ->
                assertThat(stored.content())
                    .isEqualTo(Bytes.of("sealed".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void refusesAForeignType() {
    place("Opaque", labelled(""), record(), "");
    isRefused("another type than enclave.dev/key");
  }

  @Test
  void refusesAMissingLabel() {
    place("enclave.dev/key", "", record(), "");
    isRefused("kubectl -n " + pod.namespace() + " label secret enclave-payments-key");
  }

  @Test
  void refusesAnotherLabel() {
    place("enclave.dev/key", ", \"labels\": {\"enclave.dev/kind\": \"other\"}", record(), "");
    isRefused("lacks label enclave.dev/kind=key");
  }

  @Test
  void refusesAnImmutableOne() {
    place("enclave.dev/key", labelled(""), record(), ", \"immutable\": true");
    isRefused("is immutable");
  }

  /** Read, and never written over. */
  private void isUsedAlone(String controller) throws BackendFailure {
    String before = secret().required("metadata", "resourceVersion");
    StoredRecord read = store.find(NAME, Pod.call()).orElseThrow();
    BackendFailure refused = failure(() -> store.replace(read, Bytes.of(new byte[2]), Pod.call()));
    assertThat(refused.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(refused.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(refused)
        .hasMessageContaining("Secret " + pod.namespace() + "/enclave-payments-key is written by")
        .hasMessageContaining(controller)
        .hasMessageContaining("never changes it");
    assertThat(failure(() -> store.create(NAME, Bytes.of(new byte[2]), Pod.call())).code())
        .isEqualTo(FailureCode.ALREADY_EXISTS);
    assertThat(secret().required("metadata", "resourceVersion")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "SealedSecret, sealed-secrets",
    "ExternalSecret, External Secrets Operator",
    "ConfigMap, a controller (an ownerReference to ConfigMap)"
  })
  void usesOneThatHasAnOwner(String kind, String controller) throws BackendFailure {
    place(
        "enclave.dev/key",
        labelled("")
            + ", \"ownerReferences\": [{\"apiVersion\": \"v1\", \"kind\": \""
            + kind
            + "\", \"name\": \"owner\", \"uid\": \"0000\"}]",
        record(),
        "");
    isUsedAlone(controller);
  }

  @ParameterizedTest
  @CsvSource({
    "annotations, sealedsecrets.bitnami.com/managed, sealed-secrets",
    "annotations, sealedsecrets.bitnami.com/patch, sealed-secrets",
    "labels, reconcile.external-secrets.io/managed, External Secrets Operator",
    "annotations, reconcile.external-secrets.io/data-hash, External Secrets Operator",
    "annotations, argocd.argoproj.io/tracking-id, Argo CD",
    "labels, app.kubernetes.io/instance, Argo CD",
    "annotations, kustomize.toolkit.fluxcd.io/ssa, Flux",
    "labels, kustomize.toolkit.fluxcd.io/name, Flux",
    "annotations, meta.helm.sh/release-name, Helm"
  })
  void usesOneWithTheMarkOfAController(String kind, String mark, String tool)
      throws BackendFailure {
    String set = "\"" + mark + "\": \"true\"";
    place(
        "enclave.dev/key",
        kind.equals("labels")
            ? labelled(", " + set)
            : labelled("") + ", \"annotations\": {" + set + "}",
        record(),
        "");
    isUsedAlone(tool);
  }

  @Test
  void refusesOtherEntries() throws BackendFailure {
    place("enclave.dev/key", labelled(""), record() + ", \"other\": \"AA==\"", "");
    BackendFailure failure = failure(() -> store.find(NAME, Pod.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("has other entries than record");
  }

  @Test
  void refusesMoreThanASecretTakes_andTakesAsMuch() throws BackendFailure {
    Bytes most = Bytes.of(new byte[1 << 20]);
    StoredRecord made = store.create(NAME, most, Pod.call());
    assertThat(store.find(NAME, Pod.call())).hasValue(made);
    Bytes tooMuch = Bytes.of(new byte[(1 << 20) + 1]);
    assertThat(failure(() -> store.replace(made, tooMuch, Pod.call())))
        .hasMessageContaining("1048576")
        .extracting(BackendFailure::code)
        .isEqualTo(FailureCode.LIMIT_EXCEEDED);
    assertThat(store.find(NAME, Pod.call())).hasValue(made);
  }

  @Test
  void keepsWhatOthersNotedOnIt_exceptAnOlderCopyOfTheRecord() throws BackendFailure {
    place(
        "enclave.dev/key",
        labelled(", \"team\": \"payments\"")
            + ", \"annotations\": {\"note\": \"ours\","
            + " \"kubectl.kubernetes.io/last-applied-configuration\": \"{}\"}",
        record(),
        "");
    StoredRecord before = store.find(NAME, Pod.call()).orElseThrow();
    store.replace(before, Bytes.of(new byte[] {7}), Pod.call());
    assertThat(secret().required("metadata", "labels", "team")).isEqualTo("payments");
    assertThat(secret().required("metadata", "annotations", "note")).isEqualTo("ours");
    assertThat(
            secret()
                .at("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"))
        .isEmpty();
  }

  @Test
  void noticesASecretThatWasDeletedAndMadeAnew() throws BackendFailure {
    StoredRecord before = store.create(NAME, Bytes.of(new byte[] {1}), Pod.call());
    server
        .admin()
        .delete("/api/v1/namespaces/" + pod.namespace() + "/secrets/enclave-payments-key");
    assertThat(store.find(NAME, Pod.call())).isEmpty();
    assertThat(failure(() -> store.replace(before, before.content(), Pod.call())).code())
        .isEqualTo(FailureCode.NOT_FOUND);
    StoredRecord anew = store.create(NAME, before.content(), Pod.call());
    assertThat(anew.revision()).isNotEqualTo(before.revision());
    assertThat(failure(() -> store.replace(before, before.content(), Pod.call())).code())
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void saysWhenThereIsNoNamespace() throws BackendFailure {
    pod.file(Pod.FOLDER + "token", server.adminToken());
    try (SecretStore elsewhere =
        new SecretStore(
            Stores.calls(pod, EnvironmentType.DEVELOPMENT, Map.of("namespace", "nobodys-place")))) {
      BackendFailure failure =
          failure(() -> elsewhere.create(NAME, Bytes.of(new byte[1]), Pod.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
      assertThat(failure).hasMessageContaining("there is no namespace nobodys-place");
    }
  }
}
