package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.Polling;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.internal.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole life of a key under the roles that doctor prints, and nothing besides. */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class LeastPrivilegeTest {

  private static final String PODS = "least-privilege";
  private static final String KEYS = PODS + "-keys";
  private static final String SECRETS = "/api/v1/namespaces/" + KEYS + "/secrets";
  private static final String ROLE =
      "/apis/rbac.authorization.k8s.io/v1/namespaces/" + KEYS + "/roles/enclave-administrator";
  private static final RoleEnclave ENCLAVES = new RoleEnclave(KEYS);
  private static final Message PAY = Message.ofUtf8("pay");

  private final ApiServer server;
  private final Pod wallet;
  private final Pod administrator;

  LeastPrivilegeTest(ApiServer server) {
    this.server = server;
    this.wallet = Pod.as(server, PODS, "wallet");
    this.administrator = Pod.as(server, PODS, "enclave-administrator");
  }

  @BeforeAll
  static void applyWhatIsPrinted(ApiServer server, @TempDir Path folder) throws Exception {
    PrintedPolicy.apply(server, PODS, folder);
    server.createServiceAccount(PODS, "stranger");
    ENCLAVES.withKek(Pod.as(server, PODS, "wallet"));
  }

  private static KeySpec<SigningKey> key(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ED25519);
  }

  private ApiClient caller(String account) {
    return server.admin().withToken(server.token(PODS, account, Duration.ofMinutes(10)));
  }

  private static EnclaveException refused(ThrowingCallable call) {
    EnclaveException refused = catchThrowableOfType(EnclaveException.class, call);
    assertThat(refused).isNotNull();
    assertThat(refused.code()).as(refused.getMessage()).isEqualTo(ErrorCode.ACCESS_DENIED);
    return refused;
  }

  @Test
  void aKeyLivesItsWholeLife_underThePrintedRoles() {
    try (Enclave administration = ENCLAVES.open(administrator);
        Enclave service = ENCLAVES.open(wallet)) {
      SigningKey made = administration.createKey(key("life"));
      SigningKey used = service.signingKeys().key("life");
      assertThat(made.verify(PAY, used.sign(PAY))).isTrue();
      KeyVersion first = made.activeVersion();
      administration.admin().key("life").rotate(RotationRequest.ifActive(first));
      administration.admin().key("life").disable(first.id());
      administration.admin().key("life").enable(first.id());
      administration.admin().key("life").disable(first.id());
      administration.admin().key("life").destroy(first.id());
      administration.admin().key("life").backup("correct horse battery".toCharArray());
      assertThat(administration.admin().keyNames()).contains(KeyName.of("life"));
    }
    try (Enclave service = ENCLAVES.open(wallet)) {
      SigningKey rotated = service.signingKeys().key("life");
      assertThat(rotated.verify(PAY, rotated.sign(PAY))).isTrue();
    }
    ApiClient kubectl = caller("enclave-administrator");
    assertThat(kubectl.delete(SECRETS + "/enclave-life-key").status()).isEqualTo(200);
  }

  @Test
  void theServiceIsToldWhatItMayNot() {
    try (Enclave administration = ENCLAVES.open(administrator)) {
      administration.createKey(key("told"));
      administration.admin().statementKey();
    }
    try (Enclave service = ENCLAVES.open(wallet)) {
      SigningKey told = service.signingKeys().key("told");
      told.sign(PAY);
      assertThat(refused(() -> service.createKey(key("another"))))
          .hasMessageContaining("verbs: [create]");
      assertThat(
              refused(
                  () ->
                      service
                          .admin()
                          .key("told")
                          .rotate(RotationRequest.ifActive(told.activeVersion()))))
          .hasMessageContaining("verbs: [update], resourceNames: [enclave-told-key]");
      assertThat(refused(() -> service.admin().keyNames())).hasMessageContaining("verbs: [list]");
    }
  }

  @Test
  void everyOtherVerbIsForbidden() {
    server.create(
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "%s", "name": "any"}}
        """
            .formatted(KEYS));
    String any = SECRETS + "/any";
    for (String account : List.of("wallet", "enclave-administrator")) {
      ApiClient caller = caller(account);
      boolean administers = !account.equals("wallet");
      assertThat(caller.get(any).status()).isEqualTo(200);
      assertThat(caller.get(SECRETS).status()).isEqualTo(administers ? 200 : 403);
      assertThat(caller.get(SECRETS + "?watch=true&timeoutSeconds=1").status()).isEqualTo(403);
      assertThat(caller.send("PATCH", any, "application/merge-patch+json", "{}").status())
          .isEqualTo(403);
      assertThat(caller.delete(SECRETS).status()).isEqualTo(403);
      if (!administers) {
        assertThat(caller.put(any, "{}").status()).isEqualTo(403);
        assertThat(caller.delete(any).status()).isEqualTo(403);
        assertThat(caller.post(SECRETS, "{}").status()).isEqualTo(403);
      }
      for (String elsewhere :
          List.of(
              "/api/v1/namespaces/" + PODS + "/secrets/any",
              "/api/v1/namespaces/default/secrets/any",
              "/api/v1/secrets",
              "/api/v1/namespaces/" + KEYS + "/configmaps/any",
              "/api/v1/namespaces/" + KEYS + "/serviceaccounts/any",
              "/api/v1/namespaces/" + PODS + "/pods/any",
              "/api/v1/nodes/any/proxy/run")) {
        assertThat(caller.get(elsewhere).status()).as(elsewhere).isEqualTo(403);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "get", "update", "list"})
  void aPermissionThatIsTakenAway_namesItself(String verb) {
    KeyVersion before;
    try (Enclave administration = ENCLAVES.open(administrator)) {
      before = administration.ensureKey(key("taken-" + verb)).activeVersion();
    }
    String role = server.admin().get(ROLE).body();
    assertThat(server.admin().put(ROLE, role.replaceFirst("\"" + verb + "\"", "\"none\"")).status())
        .isEqualTo(200);
    try {
      ApiClient caller = caller("enclave-administrator");
      Polling.until(() -> !may(caller, verb), () -> "The account may still " + verb + ".");
      if (verb.equals("get")) {
        assertThat(refused(() -> ENCLAVES.open(administrator)))
            .hasMessageContaining("verbs: [get]");
      } else {
        try (Enclave administration = ENCLAVES.open(administrator)) {
          assertThat(
                  refused(
                      () -> {
                        administration.admin().keyNames();
                        administration.createKey(key("made-without-" + verb));
                        administration
                            .admin()
                            .key("taken-" + verb)
                            .rotate(RotationRequest.ifActive(before));
                      }))
              .hasMessageContaining("verbs: [" + verb + "]");
        }
      }
      Diagnosis diagnosis = ENCLAVES.factory(administrator).probe();
      assertThat(diagnosis.permissions())
          .filteredOn(permission -> !permission.granted())
          .extracting(Permission::name)
          .containsExactly(verb + " secrets");
      assertThat(diagnosis.health().healthy()).isFalse();
      assertThat(diagnosis.refusal()).contains(ErrorCode.ACCESS_DENIED);
    } finally {
      String anyRevision = role.replaceFirst("\"resourceVersion\":\\s*\"[0-9]+\",", "");
      assertThat(server.admin().put(ROLE, anyRevision).status()).isEqualTo(200);
      ApiClient caller = caller("enclave-administrator");
      Polling.until(() -> may(caller, verb), () -> "The account may not " + verb + " again.");
    }
  }

  private static boolean may(ApiClient caller, String verb) {
    return caller
        .post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """
            {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
             "spec": {"resourceAttributes": {"namespace": "%s", "verb": "%s",
                                             "resource": "secrets"}}}
            """
                .formatted(KEYS, verb))
        .required("status", "allowed")
        .equals("true");
  }

  @Test
  void kubectlNamesDelete_whichEnclaveNeverAsksFor() {
    assertThat(caller("wallet").delete(SECRETS + "/enclave-any-key").body())
        .contains("cannot delete resource");
  }

  @Test
  void theTokenOfAnotherServiceAccountReadsNothing() {
    try (Enclave administration = ENCLAVES.open(administrator)) {
      administration.ensureKey(key("guarded"));
    }
    assertThat(ENCLAVES.factory(Pod.as(server, PODS, "stranger")).probe().health().healthy())
        .isFalse();
    ApiClient stranger = caller("stranger");
    assertThat(stranger.get(SECRETS + "/enclave-guarded-key").status()).isEqualTo(403);
    assertThat(stranger.get(SECRETS).status()).isEqualTo(403);
    assertThat(refused(() -> ENCLAVES.open(Pod.as(server, PODS, "stranger"))))
        .hasMessageContaining("verbs: [get]");
  }

  @Test
  void aProbeFindsNothing_underThePrintedRoles() {
    for (Pod pod : List.of(wallet, administrator)) {
      Diagnosis diagnosis = ENCLAVES.factory(pod).probe();
      assertThat(diagnosis.health().healthy()).as(diagnosis.health().toString()).isTrue();
      assertThat(diagnosis.permissions())
          .isNotEmpty()
          .allMatch(permission -> permission.grant() == Grant.GRANTED);
    }
  }

  @Test
  void aProbeIsNotReady_whereEveryKeyIsDisabled_orAllIsInAnotherNamespace() {
    Pod pod = Pod.in(server);
    RoleEnclave alone = new RoleEnclave(pod.namespace()).withKek(pod);
    try (Enclave enclave = alone.open(pod)) {
      KeyVersion made = enclave.createKey(key("off")).activeVersion();
      assertThat(alone.factory(pod).probe().health().healthy()).isTrue();
      enclave.admin().key("off").disable(made.id());
    }
    assertThat(alone.factory(pod).probe().refusal()).contains(ErrorCode.KEY_NOT_ACTIVE);
    assertThat(ENCLAVES.factory(pod).probe().refusal()).contains(ErrorCode.ACCESS_DENIED);
  }

  @Test
  void aProbeWarnsOfWhatIsTooMuch() {
    server.createServiceAccount(PODS, "spoilt");
    for (String[] grant :
        new String[][] {
          {PODS, "pods/exec", "create", "get"},
          {PODS, "pods/attach", "get"},
          {PODS, "pods/portforward", "create", "get"},
          {KEYS, "secrets", "get", "list", "patch", "watch"}
        }) {
      grant(grant);
    }
    ApiClient caller = caller("spoilt");
    Polling.until(() -> may(caller, "watch"), () -> "The account may not watch.");
    var diagnosis = ENCLAVES.factory(Pod.as(server, PODS, "spoilt")).probe();
    assertThat(diagnosis.permissions())
        .filteredOn(permission -> permission.grant() == Grant.EXCESS)
        .extracting(Permission::name)
        .containsExactly(
            "list secrets in namespace " + KEYS,
            "watch secrets in namespace " + KEYS,
            "patch secrets in namespace " + KEYS,
            "create pods/exec in namespace " + PODS,
            "get pods/exec in namespace " + PODS,
            "get pods/attach in namespace " + PODS,
            "create pods/portforward in namespace " + PODS,
            "get pods/portforward in namespace " + PODS);
    assertThat(diagnosis.health().findings())
        .filteredOn(finding -> finding.observed().contains("is granted, which is not needed"))
        .hasSize(8)
        .allMatch(finding -> finding.severity() == Severity.WARNING)
        .anyMatch(finding -> finding.observed().contains("by WebSocket before Kubernetes 1.35"))
        .anyMatch(finding -> finding.observed().contains("reading the memory of pods"))
        .allMatch(finding -> finding.fix().contains("rolebindings -o wide"));
  }

  private void grant(String[] grant) {
    String name = grant[1].replace('/', '-');
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "spoils-%s"},
         "rules": [{"apiGroups": [""], "resources": ["%s"], "verbs": ["%s"]}]}
        """
            .formatted(
                grant[0],
                name,
                grant[1],
                String.join("\", \"", List.of(grant).subList(2, grant.length))));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%s", "name": "spoils-%s"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "spoils-%s"},
         "subjects": [{"kind": "ServiceAccount", "name": "spoilt", "namespace": "%s"}]}
        """
            .formatted(grant[0], name, name, PODS));
  }
}
