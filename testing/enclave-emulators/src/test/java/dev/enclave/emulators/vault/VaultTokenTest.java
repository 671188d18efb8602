package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.Denial;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tokens over the wire: openbao vault/token_store.go, vault/expiration.go, sdk/framework/lease.go
 * and vault/request_handling.go.
 */
class VaultTokenTest {

  private static final String SELF = "auth/token/lookup-self";
  private static final String DENIED = "1 error occurred:\n\t* permission denied\n\n";

  private volatile Instant now = Instant.parse("2026-12-02T10:00:00Z");
  private VaultServer server;
  private RawBao bao;

  @BeforeEach
  void start() {
    server =
        VaultServer.builder()
            .clock(() -> now)
            .namespace("a/b")
            .policy("reader", "path \"sys/policies/acl/*\" { capabilities = [\"read\"] }")
            .policy("maker", "path \"auth/token/create\" { capabilities = [\"update\"] }")
            .policy(
                "admin",
                "path \"auth/token/*\" { capabilities = [\"create\", \"update\", \"sudo\"] }")
            .start();
    bao = new RawBao(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer with(String token, String method, String path, String json) throws Exception {
    return bao.send(method, path, json, "X-Vault-Token", token);
  }

  private void advance(Duration by) {
    now = now.plus(by);
  }

  private String create(String json) throws Exception {
    return bao.post("auth/token/create", json).at("auth.client_token");
  }

  @Test
  void looksItselfUp() throws Exception {
    Answer made =
        bao.post(
            "auth/token/create",
            "{'policies': ['Reader'], 'ttl': '1h', 'display_name': 'a b', 'meta': {'k': 'v'}}");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.at("auth.client_token")).matches("s\\.[0-9A-Za-z]{24}");
    assertThat(made.at("auth.lease_duration")).isEqualTo("3600");
    assertThat(made.at("auth.renewable")).isEqualTo("true");
    Answer self = with(made.at("auth.client_token"), "GET", SELF, "");
    assertThat(self.at("data.policies.0")).isEqualTo("default");
    assertThat(self.at("data.policies.1")).isEqualTo("reader");
    assertThat(self.at("data.display_name")).isEqualTo("token-a-b");
    assertThat(self.at("data.meta.k")).isEqualTo("v");
    assertThat(self.at("data.ttl")).isEqualTo("3600");
    assertThat(self.at("data.orphan")).isEqualTo("false");
    assertThat(self.at("data.path")).isEqualTo("auth/token/create");
    assertThat(self.at("data.accessor")).isEqualTo(made.at("auth.accessor"));
    assertThat(self.at("data.expire_time")).isEqualTo(now.plus(Duration.ofHours(1)).toString());
  }

  @Test
  void neverExpires_asRoot() throws Exception {
    Answer self = bao.get(SELF);
    assertThat(self.at("data.ttl")).isEqualTo("0");
    assertThat(self.at("data.path")).isEqualTo("auth/token/root");
    assertThat(self.body()).contains("\"expire_time\":null");
    assertThat(bao.post("auth/token/renew-self", "{}").at("errors.0"))
        .isEqualTo("invalid lease ID");
  }

  @Test
  void isRefused_whereItIsUnknownMissingOrNotAllowed() throws Exception {
    assertThat(with("s.nobody", "GET", SELF, "").at("errors.0")).isEqualTo("permission denied");
    assertThat(bao.send("GET", SELF, "").status()).isEqualTo(403);
    Answer denied = with(create("{}").isEmpty() ? "" : reader(), "LIST", "sys/policies/acl", "");
    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.at("errors.0")).isEqualTo(DENIED);
  }

  private String reader() {
    return server.issueToken(VaultTokenSpec.of("reader"));
  }

  @Test
  void isCalledInvalid_byVaultAlone() throws Exception {
    try (VaultServer vault = VaultServer.builder().vault().start()) {
      Answer answer = new RawBao(vault).send("GET", SELF, "", "X-Vault-Token", "hvs.nobody");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.at("errors.0"))
          .isEqualTo("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");
      assertThat(vault.issueToken(VaultTokenSpec.of())).startsWith("hvs.");
    }
  }

  @Test
  void isTaken_asABearerToken() throws Exception {
    assertThat(bao.send("GET", SELF, "", "Authorization", "Bearer " + reader()).status())
        .isEqualTo(200);
  }

  @Test
  void expires_byTheServersClock() throws Exception {
    String token = create("{'ttl': '10m'}");
    advance(Duration.ofMinutes(9));
    assertThat(with(token, "GET", SELF, "").at("data.ttl")).isEqualTo("60");
    advance(Duration.ofMinutes(1));
    assertThat(with(token, "GET", SELF, "").status()).isEqualTo(403);
  }

  @Test
  void livesOn_renewedUpToItsExplicitMaximum() throws Exception {
    String token = create("{'ttl': '10m', 'explicit_max_ttl': '15m'}");
    advance(Duration.ofMinutes(8));
    Answer renewed = with(token, "POST", "auth/token/renew-self", "{}");
    assertThat(renewed.at("auth.lease_duration")).isEqualTo("420");
    assertThat(renewed.at("warnings.0"))
        .isEqualTo(
            "TTL of \"10m\" exceeded the effective max_ttl of \"7m\"; TTL value is capped"
                + " accordingly");
    advance(Duration.ofMinutes(7));
    assertThat(with(token, "POST", "auth/token/renew-self", "{}").status()).isEqualTo(403);
  }

  @Test
  void getsTheIncrement_thatItAsksFor() throws Exception {
    String token = create("{'ttl': '10m'}");
    assertThat(
            with(token, "POST", "auth/token/renew-self", "{'increment': '2h'}")
                .at("auth.lease_duration"))
        .isEqualTo("7200");
  }

  @Test
  void getsItsPeriodAnew_withoutEnd() throws Exception {
    String token = create("{'period': '1h'}");
    for (int day = 0; day < 48; day++) {
      advance(Duration.ofMinutes(59));
      assertThat(
              with(token, "POST", "auth/token/renew-self", "{'increment': '5h'}")
                  .at("auth.lease_duration"))
          .isEqualTo("3600");
    }
  }

  @Test
  void isNotRenewed_whereItIsNotRenewable() throws Exception {
    String token = create("{'ttl': '10m', 'renewable': false}");
    Answer answer = with(token, "POST", "auth/token/renew-self", "{}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("errors.0")).isEqualTo("lease is not renewable");
  }

  @Test
  void isCapped_byTheServersLongestLease() throws Exception {
    try (VaultServer strict =
        VaultServer.builder().leases(Duration.ofMinutes(5), Duration.ofHours(1)).start()) {
      RawBao raw = new RawBao(strict);
      assertThat(raw.post("auth/token/create", "{'policies': 'x'}").at("auth.lease_duration"))
          .isEqualTo("300");
      Answer capped = raw.post("auth/token/create", "{'policies': 'x', 'ttl': '2h'}");
      assertThat(capped.at("auth.lease_duration")).isEqualTo("3600");
      assertThat(capped.body())
          .contains("TTL of \\\"2h\\\" exceeded the effective max_ttl of \\\"1h\\\"")
          .contains("Policy \\\"x\\\" does not exist");
    }
  }

  @Test
  void isUsedUp_alsoByCallsThatAreDenied() throws Exception {
    String token = server.issueToken(VaultTokenSpec.of("reader").uses(3));
    assertThat(with(token, "GET", "sys/policies/acl/reader", "").status()).isEqualTo(200);
    assertThat(with(token, "LIST", "sys/policies/acl", "").status()).isEqualTo(403);
    assertThat(with(token, "GET", SELF, "").status()).isEqualTo(200);
    assertThat(with(token, "GET", SELF, "").at("errors.0")).isEqualTo("permission denied");
  }

  @Test
  void makesNoOthers_whereItsUsesAreLimited() throws Exception {
    String token = server.issueToken(VaultTokenSpec.of("maker").uses(3));
    assertThat(with(token, "POST", "auth/token/create", "{}").at("errors.0"))
        .isEqualTo("restricted use token cannot generate child tokens");
  }

  @Test
  void givesNoPolicies_thatItLacks() throws Exception {
    String maker = server.issueToken(VaultTokenSpec.of("maker"));
    assertThat(with(maker, "POST", "auth/token/create", "{'policies': ['reader']}").at("errors.0"))
        .isEqualTo("child policies must be subset of parent");
    assertThat(with(maker, "POST", "auth/token/create", "{'policies': ['root']}").status())
        .isEqualTo(400);
    assertThat(with(maker, "POST", "auth/token/create", "{'period': '1h'}").at("errors.0"))
        .isEqualTo("root or sudo privileges required to create periodic token");
    Answer child = with(maker, "POST", "auth/token/create", "{}");
    assertThat(child.at("auth.policies.1")).isEqualTo("maker");
  }

  @Test
  void givesAnyPoliciesButRoot_withSudo() throws Exception {
    String admin = server.issueToken(VaultTokenSpec.of("admin"));
    assertThat(with(admin, "POST", "auth/token/create", "{'policies': ['reader']}").status())
        .isEqualTo(200);
    assertThat(with(admin, "POST", "auth/token/create", "{'policies': ['root']}").at("errors.0"))
        .isEqualTo("root tokens may not be created without parent token being root");
  }

  @Test
  void isRevoked_withAllThatWereMadeWithIt() throws Exception {
    String parent = server.issueToken(VaultTokenSpec.of("maker"));
    String child = with(parent, "POST", "auth/token/create", "{}").at("auth.client_token");
    String grandchild = with(child, "POST", "auth/token/create", "{}").at("auth.client_token");
    assertThat(with(parent, "POST", "auth/token/revoke-self", "").status()).isEqualTo(204);
    assertThat(with(grandchild, "GET", SELF, "").status()).isEqualTo(403);
  }

  @Test
  void leavesOrphans_whereItIsRevokedAlone() throws Exception {
    String parent = server.issueToken(VaultTokenSpec.of("maker"));
    String child = with(parent, "POST", "auth/token/create", "{}").at("auth.client_token");
    assertThat(bao.post("auth/token/revoke-orphan", "{'token': '" + parent + "'}").status())
        .isEqualTo(204);
    assertThat(with(parent, "GET", SELF, "").status()).isEqualTo(403);
    assertThat(with(child, "GET", SELF, "").at("data.orphan")).isEqualTo("true");
  }

  @Test
  void isFoundRenewedAndRevoked_byItsAccessor() throws Exception {
    Answer made = bao.post("auth/token/create", "{'policies': 'reader', 'ttl': '1h'}");
    String accessor = "{'accessor': '" + made.at("auth.accessor") + "'}";
    Answer found = bao.post("auth/token/lookup-accessor", accessor);
    assertThat(found.at("data.id")).isEmpty();
    assertThat(found.at("data.creation_ttl")).isEqualTo("3600");
    assertThat(bao.post("auth/token/renew-accessor", accessor).status()).isEqualTo(200);
    assertThat(bao.call("LIST", "auth/token/accessors", "").body())
        .contains(made.at("auth.accessor"));
    assertThat(bao.post("auth/token/revoke-accessor", accessor).status()).isEqualTo(204);
    assertThat(bao.post("auth/token/lookup-accessor", accessor).at("errors.0"))
        .isEqualTo("invalid accessor");
  }

  @Test
  void isLookedUp_byAnother() throws Exception {
    String token = reader();
    assertThat(bao.post("auth/token/lookup", "{'token': '" + token + "'}").at("data.id"))
        .isEqualTo(token);
    Answer bad = bao.post("auth/token/lookup", "{'token': 's.nobody'}");
    assertThat(bad.status()).isEqualTo(403);
    assertThat(bad.at("errors.0")).isEqualTo("bad token");
  }

  @Test
  void countsAPolicy_fromTheNextRequestOn() throws Exception {
    String token = reader();
    String path = "sys/policies/acl/maker";
    assertThat(with(token, "GET", path, "").status()).isEqualTo(200);
    server.setPolicy("reader", "path \"sys/policies/acl/reader\" { capabilities = [\"read\"] }");
    assertThat(with(token, "GET", path, "").status()).isEqualTo(403);
    bao.call("DELETE", "sys/policies/acl/reader", "");
    assertThat(with(token, "GET", "sys/policies/acl/reader", "").status()).isEqualTo(403);
  }

  @Test
  void isRevoked_byTheTest() throws Exception {
    String token = reader();
    server.revoke(token);
    assertThat(with(token, "GET", SELF, "").status()).isEqualTo(403);
  }

  @Test
  void isForbidden_whatATestDenies() throws Exception {
    String token = reader();
    server.deny(new Denial("token", "read", "sys/policies/*"));
    assertThat(with(token, "GET", "sys/policies/acl/reader", "").at("errors.0")).isEqualTo(DENIED);
    server.clearDenials();
    assertThat(with(token, "GET", "sys/policies/acl/reader", "").status()).isEqualTo(200);
  }

  /** Policies have the paths of their namespace, so that a token counts there and below. */
  @Test
  void countsInItsNamespaceAndBelow_aloneOf() throws Exception {
    Answer made =
        bao.send(
            "POST",
            "auth/token/create",
            "{'policies': ['own'], 'ttl': '1h'}",
            "X-Vault-Token",
            server.rootToken(),
            "X-Vault-Namespace",
            "a/b");
    String token = made.at("auth.client_token");
    assertThat(token).matches("s\\.[0-9A-Za-z]{24}\\.[0-9A-Za-z]{6}");
    bao.call(
        "PUT",
        "a/b/sys/policies/acl/own",
        "{'policy': 'path \\'sys/policies/acl/*\\' { capabilities = [\\'read\\'] }'}");
    assertThat(with(token, "GET", "a/b/sys/policies/acl/own", "").status()).isEqualTo(200);
    assertThat(with(token, "GET", "sys/policies/acl/reader", "").status()).isEqualTo(403);
    assertThat(with(token, "GET", "a/sys/policies/acl/own", "").status()).isEqualTo(403);
    Answer self = with(token, "GET", SELF, "");
    assertThat(self.at("data.namespace_path")).isEqualTo("a/b/");
  }

  @Test
  void findsNoNamespace_thatIsNotThere() throws Exception {
    Answer answer =
        bao.send("GET", SELF, "", "X-Vault-Token", server.rootToken(), "X-Vault-Namespace", "c");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.at("errors.0")).isEqualTo("namespace not found");
    try (VaultServer vault = VaultServer.builder().vaultEnterprise().start()) {
      Answer missing =
          new RawBao(vault)
              .send("GET", SELF, "", "X-Vault-Token", vault.rootToken(), "X-Vault-Namespace", "c");
      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.at("errors.0"))
          .isEqualTo("no handler for route \"c/auth/token/lookup-self\". route entry not found.");
    }
  }
}
