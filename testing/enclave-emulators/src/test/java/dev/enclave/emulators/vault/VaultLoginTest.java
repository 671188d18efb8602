package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Logins over the wire: openbao builtin/credential/approle, builtin/credential/kubernetes and
 * builtin/credential/jwt, with hashicorp/cap's jwt/jwt.go.
 */
class VaultLoginTest {

  private static final TestJwts KUBERNETES = new TestJwts();
  private static final TestJwts OTHER = new TestJwts();

  private volatile Instant now = Instant.parse("2026-12-02T10:00:00Z");
  private final List<String> reviewed = new ArrayList<>();
  private VaultServer server;
  private RawBao bao;

  @BeforeEach
  void start() {
    server =
        VaultServer.builder()
            .clock(() -> now)
            .policy("signer", "path \"transit/sign/*\" { capabilities = [\"update\"] }")
            .appRole(
                "App",
                Map.of(
                    "token_policies", List.of("signer"),
                    "token_ttl", "20m",
                    "token_max_ttl", "30m",
                    "secret_id_num_uses", 2,
                    "secret_id_ttl", "10m"))
            .auth(
                "kubernetes",
                "kubernetes",
                Map.of("pem_keys", List.of(OTHER.pem(), KUBERNETES.pem())))
            .kubernetesRole(
                "pods",
                Map.of(
                    "bound_service_account_names", "signer,other-*",
                    "bound_service_account_namespaces", List.of("prod"),
                    "audience", "vault",
                    "policies", "signer"))
            .auth("reviewed", "kubernetes", Map.of())
            .authRole(
                "reviewed",
                "pods",
                Map.of(
                    "bound_service_account_names", "*",
                    "bound_service_account_namespaces", "*",
                    "token_no_default_policy", true,
                    "token_policies", "signer"))
            .tokenReviewer(
                token -> {
                  reviewed.add(token);
                  return !token.endsWith("stale");
                })
            .auth(
                "jwt",
                "jwt",
                Map.of(
                    "jwt_validation_pubkeys", List.of(OTHER.pem()), "bound_issuer", "https://ci"))
            .authRole(
                "jwt",
                "build",
                Map.of(
                    "role_type", "jwt",
                    "user_claim", "sub",
                    "bound_audiences", "vault",
                    "bound_claims", Map.of("branch", List.of("main")),
                    "claim_mappings", Map.of("branch", "branch"),
                    "token_policies", "signer"))
            .start();
    bao = new RawBao(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer login(String path, String json) throws Exception {
    return bao.send("POST", "auth/" + path + "/login", json);
  }

  private Answer appRole(String roleId, String secretId) throws Exception {
    return login("approle", "{'role_id': '" + roleId + "', 'secret_id': '" + secretId + "'}");
  }

  @Test
  void takesARoleIdWithItsSecretId() throws Exception {
    Answer answer = appRole(server.appRoleId("app"), server.newSecretId("app"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("auth.lease_duration")).isEqualTo("1200");
    assertThat(answer.at("auth.policies.1")).isEqualTo("signer");
    assertThat(answer.at("auth.metadata.role_name")).isEqualTo("app");
    assertThat(answer.at("auth.orphan")).isEqualTo("true");
    assertThat(answer.at("auth.entity_id")).isNotEmpty();
    Answer self =
        bao.send(
            "GET", "auth/token/lookup-self", "", "X-Vault-Token", answer.at("auth.client_token"));
    assertThat(self.at("data.display_name")).isEqualTo("approle");
    assertThat(self.at("data.path")).isEqualTo("auth/approle/login");
  }

  @Test
  void takesASecretId_asOftenAndAsLongAsItsRoleHasIt() throws Exception {
    String roleId = server.appRoleId("app");
    String twice = server.newSecretId("app");
    assertThat(appRole(roleId, twice).status()).isEqualTo(200);
    assertThat(appRole(roleId, twice).status()).isEqualTo(200);
    Answer over = appRole(roleId, twice);
    assertThat(over.status()).isEqualTo(400);
    assertThat(over.at("errors.0")).isEqualTo("invalid role or secret ID");
    String old = server.newSecretId("app");
    now = now.plus(Duration.ofMinutes(10));
    assertThat(appRole(roleId, old).status()).isEqualTo(400);
    assertThat(appRole("nobody", old).at("errors.0")).isEqualTo("invalid role or secret ID");
    assertThat(login("approle", "{}").at("errors.0")).isEqualTo("missing role_id");
  }

  @Test
  void renewsByTheRole_upToItsMaximum() throws Exception {
    String token =
        appRole(server.appRoleId("app"), server.newSecretId("app")).at("auth.client_token");
    now = now.plus(Duration.ofMinutes(15));
    Answer renewed = bao.send("POST", "auth/token/renew-self", "{}", "X-Vault-Token", token);
    assertThat(renewed.at("auth.lease_duration")).isEqualTo("900");
    bao.call("DELETE", "auth/approle/role/app", "");
    assertThat(bao.send("POST", "auth/token/renew-self", "{}", "X-Vault-Token", token).status())
        .isEqualTo(500);
  }

  @Test
  void managesRoles_overTheWire() throws Exception {
    assertThat(
            bao.post("auth/approle/role/new", "{'token_policies': ['a', 'b'], 'token_ttl': '1m'}")
                .status())
        .isEqualTo(204);
    Answer read = bao.get("auth/approle/role/new");
    assertThat(read.at("data.token_ttl")).isEqualTo("60");
    assertThat(read.at("data.token_policies.1")).isEqualTo("b");
    assertThat(bao.call("LIST", "auth/approle/role", "").at("data.keys.1")).isEqualTo("new");
    String roleId = bao.get("auth/approle/role/new/role-id").at("data.role_id");
    Answer secret =
        bao.post("auth/approle/role/new/secret-id", "{'num_uses': 1, 'metadata': 'k=v'}");
    String secretId = secret.at("data.secret_id");
    assertThat(
            bao.post("auth/approle/role/new/secret-id/lookup", "{'secret_id': '" + secretId + "'}")
                .at("data.secret_id_num_uses"))
        .isEqualTo("1");
    assertThat(appRole(roleId, secretId).status()).isEqualTo(200);
    assertThat(appRole(roleId, secretId).status()).isEqualTo(400);
    assertThat(bao.post("auth/approle/role/app/secret-id", "{'num_uses': 3}").at("errors.0"))
        .isEqualTo("num_uses cannot be higher than the role's secret_id_num_uses");
  }

  private static String account(String namespace, String name, String audience) {
    return "{'iss': 'https://kubernetes.default.svc', 'aud': ['"
        + audience
        + "'], 'iat': 1796205600, 'exp': 1796209200, 'kubernetes.io': {'namespace': '"
        + namespace
        + "', 'serviceaccount': {'name': '"
        + name
        + "', 'uid': 'u-1'}}}";
  }

  private Answer kubernetes(String path, String token) throws Exception {
    return login(path, "{'role': 'pods', 'jwt': '" + token + "'}");
  }

  @Test
  void takesAServiceAccountsToken_bySignatureOrReview() throws Exception {
    String token = KUBERNETES.sign(account("prod", "signer", "vault"));
    Answer answer = kubernetes("kubernetes", token);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("auth.metadata.service_account_name")).isEqualTo("signer");
    assertThat(answer.at("auth.metadata.role")).isEqualTo("pods");
    Answer byReview = kubernetes("reviewed", new TestJwts().sign(account("x", "y", "z")));
    assertThat(byReview.at("auth.policies.0")).isEqualTo("signer");
    assertThat(byReview.body()).doesNotContain("default");
    assertThat(reviewed).hasSize(2);
    assertThat(kubernetes("reviewed", token + "stale").at("errors.0"))
        .isEqualTo("permission denied");
  }

  @Test
  void refusesAServiceAccount_thatTheRoleDoesNotName() throws Exception {
    String[][] cases = {
      {"prod", "nobody", "vault", "service account name not authorized"},
      {"test", "other-1", "vault", "namespace not authorized"},
      {
        "prod",
        "signer",
        "api",
        "invalid audience (aud) claim: audience claim does not match any expected audience"
      },
    };
    for (String[] each : cases) {
      Answer answer = kubernetes("kubernetes", KUBERNETES.sign(account(each[0], each[1], each[2])));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.at("errors.0")).isEqualTo(each[3]);
    }
    Answer forged =
        kubernetes("kubernetes", new TestJwts().sign(account("prod", "signer", "vault")));
    assertThat(forged.status()).isEqualTo(403);
    assertThat(forged.at("errors.0")).isEqualTo("permission denied");
    now = now.plus(Duration.ofDays(7));
    assertThat(
            kubernetes("kubernetes", KUBERNETES.sign(account("prod", "signer", "vault")))
                .at("errors.0"))
        .isEqualTo("invalid expiration time (exp) claim: token is expired");
  }

  @Test
  void refusesUnknownRoles_eachMethodInItsWords() throws Exception {
    assertThat(login("kubernetes", "{'role': 'x', 'jwt': 'a.b.c'}").at("errors.0"))
        .isEqualTo("invalid role name \"x\"");
    assertThat(login("jwt", "{'role': 'x', 'jwt': 'a.b.c'}").at("errors.0"))
        .isEqualTo("role \"x\" could not be found");
    assertThat(login("kubernetes", "{'role': 'pods'}").at("errors.0")).isEqualTo("missing jwt");
  }

  private Answer jwt(TestJwts keys, String issuer, String audience, String branch)
      throws Exception {
    String claims =
        "{'iss': '"
            + issuer
            + "', 'aud': '"
            + audience
            + "', 'sub': 'job', 'branch': '"
            + branch
            + "', 'iat': 1796205600, 'exp': 1796205900}";
    return login("jwt", "{'role': 'build', 'jwt': '" + keys.sign(claims) + "'}");
  }

  @Test
  void takesATokenOfAnIssuer() throws Exception {
    now = Instant.ofEpochSecond(1796205600);
    Answer answer = jwt(OTHER, "https://ci", "vault", "main");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("auth.metadata.branch")).isEqualTo("main");
    assertThat(answer.at("auth.metadata.role")).isEqualTo("build");
  }

  @Test
  void refusesATokenOfAnIssuer_thatIsNotAsTheRoleSays() throws Exception {
    now = Instant.ofEpochSecond(1796205600);
    String validating = "error validating token: ";
    assertThat(jwt(KUBERNETES, "https://ci", "vault", "main").at("errors.0"))
        .isEqualTo(
            validating
                + "error verifying token signature: no known key successfully validated the token"
                + " signature");
    assertThat(jwt(OTHER, "https://x", "vault", "main").at("errors.0"))
        .isEqualTo(validating + "invalid issuer (iss) claim");
    assertThat(jwt(OTHER, "https://ci", "x", "main").at("errors.0"))
        .isEqualTo(
            validating
                + "invalid audience (aud) claim: audience claim does not match any expected"
                + " audience");
    assertThat(jwt(OTHER, "https://ci", "vault", "x").at("errors.0"))
        .isEqualTo(
            "error validating claims: claim \"branch\" does not match any associated bound claim"
                + " values");
    now = now.plusSeconds(361);
    assertThat(jwt(OTHER, "https://ci", "vault", "main").at("errors.0"))
        .isEqualTo(validating + "invalid expiration time (exp) claim: token is expired");
  }

  @Test
  void isMounted_overTheWire() throws Exception {
    assertThat(bao.post("sys/auth/team/apps", "{'type': 'approle'}").status()).isEqualTo(204);
    assertThat(bao.get("sys/auth").body()).contains("\"team/apps/\":{");
    assertThat(bao.post("sys/auth/other", "{'type': 'nothing'}").at("errors.0"))
        .isEqualTo("plugin not found in the catalog: nothing");
    assertThat(bao.post("auth/team/apps/role/a", "{}").status()).isEqualTo(204);
    assertThat(login("team/apps", "{'role_id': 'x'}").at("errors.0"))
        .isEqualTo("invalid role or secret ID");
    Answer none = bao.post("auth/nowhere/login", "{}");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.at("errors.0"))
        .isEqualTo("no handler for route \"auth/nowhere/login\". route entry not found.");
  }

  @Test
  void makesNoRootTokens() throws Exception {
    bao.post("auth/approle/role/app", "{'token_policies': 'root'}");
    assertThat(appRole(server.appRoleId("app"), server.newSecretId("app")).at("errors.0"))
        .isEqualTo("auth methods cannot create root tokens");
  }

  @Test
  void refusesSettings_thatVaultWouldRefuse() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> VaultServer.builder().kubernetesRole("a", Map.of("policies", "x")).start());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> VaultServer.builder().auth("a", "nothing", Map.of()).start());
  }
}
