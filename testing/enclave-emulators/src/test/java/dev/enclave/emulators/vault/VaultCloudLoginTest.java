package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.internal.token.SignedTokens;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Logins with the clouds' tokens: hashicorp/vault-plugin-auth-azure path_login.go and
 * hashicorp/vault-plugin-auth-gcp plugin/path_login.go. That of AWS is in {@code VaultHvacTest}.
 */
class VaultCloudLoginTest {

  private static final Instant NOW = Instant.parse("2026-12-02T10:00:00Z");

  private VaultServer server;
  private RawBao bao;

  @BeforeEach
  void start() {
    server =
        VaultServer.builder()
            .clock(() -> NOW)
            .auth("azure", "azure", Map.of("tenant_id", "t-1", "resource", "https://vault"))
            .authRole(
                "azure",
                "vm",
                Map.of("bound_service_principal_ids", "o-1", "token_policies", "signer"))
            .auth("gcp", "gcp", Map.of())
            .authRole(
                "gcp",
                "vm",
                Map.of(
                    "type", "iam",
                    "bound_service_accounts", "a@p.iam.gserviceaccount.com",
                    "token_policies", "signer"))
            .start();
    bao = new RawBao(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer login(String path, Map<String, Object> claims) throws Exception {
    String token = SignedTokens.sign(claims, new SecureRandom());
    return bao.send("POST", "auth/" + path + "/login", "{'role': 'vm', 'jwt': '" + token + "'}");
  }

  private static Map<String, Object> azure(String tenant, String principal, String audience) {
    return Map.of(
        "iss",
        "https://sts.windows.net/" + tenant + "/",
        "aud",
        audience,
        "oid",
        principal,
        "iat",
        NOW.getEpochSecond(),
        "exp",
        NOW.plusSeconds(600).getEpochSecond());
  }

  @Test
  void takesAManagedIdentitysToken() throws Exception {
    Answer answer = login("azure", azure("t-1", "o-1", "https://vault"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("auth.policies.1")).isEqualTo("signer");
    Answer other = login("azure", azure("t-1", "o-2", "https://vault"));
    assertThat(other.status()).isEqualTo(500);
    assertThat(other.at("errors.0")).isEqualTo("service principal not authorized: o-2");
    assertThat(login("azure", azure("t-2", "o-1", "https://vault")).status()).isEqualTo(500);
    assertThat(login("azure", azure("t-1", "o-1", "https://other")).status()).isEqualTo(500);
  }

  private static Map<String, Object> gcp(String email, String audience, long seconds) {
    return Map.of(
        "sub",
        "1",
        "email",
        email,
        "aud",
        audience,
        "iat",
        NOW.getEpochSecond() - 7200,
        "exp",
        NOW.plusSeconds(seconds).getEpochSecond());
  }

  @Test
  void takesAServiceAccountsIdentityToken() throws Exception {
    String email = "a@p.iam.gserviceaccount.com";
    Answer answer = login("gcp", gcp(email, "http://vault/vm", 600));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("auth.metadata.service_account_email")).isEqualTo(email);
    assertThat(login("gcp", gcp(email, "http://vault/x", 600)).at("errors.0"))
        .isEqualTo("at least one of the JWT claim 'aud' must end in \"vault/vm\"");
    assertThat(login("gcp", gcp("b@p", "http://vault/vm", 600)).at("errors.0"))
        .isEqualTo("service account b@p (id: 1) is not authorized for role");
    assertThat(login("gcp", gcp(email, "http://vault/vm", -600)).at("errors.0"))
        .isEqualTo("JWT is expired or does not have proper 'exp' claim");
  }
}
