package dev.enclave.vault.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.vault.internal.ScriptedVault;
import dev.enclave.vault.internal.calls.VaultToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a process comes by a token, keeps it, and gives it back. */
class VaultAuthTest {

  private static final String POD = "/var/run/secrets/kubernetes.io/serviceaccount/token";

  private final ScriptedVault vault = new ScriptedVault();

  private RefreshingValue<VaultToken> tokens(EnvironmentType environment) throws BackendFailure {
    return vault.auth(environment).tokens();
  }

  private RefreshingValue<VaultToken> ofPod() throws BackendFailure {
    vault.machine = vault.machine.withFile(POD, "header.one.sig\n");
    return tokens(EnvironmentType.PRODUCTION);
  }

  private String text(RefreshingValue<VaultToken> tokens) throws BackendFailure {
    return tokens.get(vault.call()).text();
  }

  private static String jwt(String audience) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(
            ("{\"aud\":\"" + audience + "\"}").getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  @Test
  void aPodLogsInByItsServiceAccount_whoseTokenIsReadAnewEachTime() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 60);
    assertThat(text(tokens)).isEqualTo("s.1");
    assertThat(vault.asked.get(0).path()).isEqualTo("auth/kubernetes/login");
    assertThat(vault.asked.get(0).header("X-Vault-Token")).isEmpty();
    assertThat(vault.asked.get(0).text("jwt")).isEqualTo("header.one.sig");
    assertThat(vault.asked.get(0).text("role")).isEqualTo("w");

    ScriptedVault later = new ScriptedVault().set("auth-mount", "kubernetes-prod");
    later.machine = later.machine.withFile(POD, "header.two.sig");
    later.token("s.2", 60);
    assertThat(later.auth(EnvironmentType.PRODUCTION).tokens().get(later.call()).text())
        .isEqualTo("s.2");
    assertThat(later.asked.get(0).path()).isEqualTo("auth/kubernetes-prod/login");
    assertThat(later.asked.get(0).text("jwt")).isEqualTo("header.two.sig");
  }

  @Test
  void aTokenIsRenewedOnceTwoThirdsOfItsLeaseAreOver() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 900);
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(599));
    text(tokens);
    assertThat(vault.asked).hasSize(1);
    vault.clock.advance(Duration.ofSeconds(2));
    vault.token("s.1", 900);
    text(tokens);
    assertThat(vault.paths()).containsExactly("auth/kubernetes/login", "auth/token/renew-self");
    assertThat(vault.asked.get(1).header("X-Vault-Token")).isEqualTo("s.1");
  }

  @ParameterizedTest
  @CsvSource({"400", "403", "404"})
  void whatIsNotRenewedIsReplacedByAnotherLogIn(int refusal) throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 900);
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(700));
    vault.answer(refusal, "{\"errors\":[\"permission denied\"]}").token("s.2", 900);
    text(tokens);
    assertThat(text(tokens)).isEqualTo("s.2");
  }

  @Test
  void aTokenThatEndsForGoodIsReplaced_ratherThanRenewedOnceMore() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 900);
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(700));
    // Its longest life is near: less than half is given of what was given first.
    vault.token("s.1", 300);
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(201));
    vault.token("s.2", 900);
    text(tokens);
    assertThat(text(tokens)).isEqualTo("s.2");
    assertThat(vault.paths())
        .containsExactly("auth/kubernetes/login", "auth/token/renew-self", "auth/kubernetes/login");
  }

  @Test
  void aTokenThatIsNotRenewableIsReplaced() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.answer(
        200,
        "{\"auth\":{\"client_token\":\"b.1\",\"lease_duration\":900,\"renewable\":false,\"policies\":[]}}");
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(700));
    vault.token("b.2", 900);
    text(tokens);
    assertThat(vault.paths()).containsExactly("auth/kubernetes/login", "auth/kubernetes/login");
  }

  @Test
  void anOutageOfARenewalLeavesTheTokenThatIsGood() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 900);
    text(tokens);
    vault.clock.advance(Duration.ofSeconds(700));
    vault.answer(503, "{\"errors\":[\"Vault is sealed\"]}");
    assertThat(text(tokens)).isEqualTo("s.1");
    assertThat(vault.paths()).last().isEqualTo("auth/token/renew-self");
  }

  @Test
  void theLastTokenIsRevokedAtTheEnd() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 900).answer(500, "");
    text(tokens);
    tokens.close();
    assertThat(vault.paths()).last().isEqualTo("auth/token/revoke-self");
    assertThat(vault.asked.get(1).header("X-Vault-Token")).isEqualTo("s.1");
  }

  @Test
  void aRefusedLogInSaysWhatToLookAt_andNothingOfTheAnswer() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.answer(403, "{\"errors\":[\"service account name not authorized: secret words\"]}");
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> tokens.get(vault.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure)
        .hasMessageContaining("auth/kubernetes/login")
        .hasMessageContaining("enclave.vault.role")
        .message()
        .doesNotContain("secret words", "header.one.sig");
  }

  @Test
  void aSealedServerIsNoRefusal() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.answer(503, "{\"errors\":[\"Vault is sealed\"]}");
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> tokens.get(vault.call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void aRoleThatGivesRootTokensIsRefusedWhereKeysAreReal() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.answer(
        200,
        "{\"auth\":{\"client_token\":\"s.root\",\"lease_duration\":0,\"policies\":[\"root\"]}}");
    assertThatThrownBy(() -> tokens.get(vault.call()))
        .hasMessageContaining("root token")
        .hasMessageNotContaining("s.root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"VAULT_TOKEN", "BAO_TOKEN"})
  void aTokenInAVariableIsRefusedWhereKeysAreReal(String variable) {
    vault.machine = vault.machine.withFile(POD, "header.one.sig").withVariable(variable, "s.var");
    assertThatThrownBy(() -> tokens(EnvironmentType.STAGING))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining(variable)
        .hasMessageNotContaining("s.var");
  }

  @ParameterizedTest
  @ValueSource(strings = {"approle", "token"})
  void secretsThatSomebodyWroteDownAreRefusedWhereKeysAreReal(String auth) {
    vault.set("auth", auth, "role-id", "r", "token-file", "/t");
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> tokens(EnvironmentType.PRODUCTION));
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"})
  void aServerThatNobodyChecksIsRefusedEverywhere(String variable) throws Exception {
    vault.machine = vault.machine.withVariable(variable, "1");
    assertThatThrownBy(() -> VaultAuth.requireVerified(vault.context(EnvironmentType.DEVELOPMENT)))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining(variable);
    vault.machine = vault.machine.withVariable(variable, "false");
    VaultAuth.requireVerified(vault.context(EnvironmentType.PRODUCTION));
  }

  @Test
  void inDevelopmentAVariablesTokenWillDo() throws Exception {
    vault.set("auth", "token");
    vault.machine = vault.machine.withVariable("VAULT_TOKEN", "s.dev");
    vault.answer(200, "{\"data\":{\"policies\":[\"root\"]}}");
    RefreshingValue<VaultToken> tokens = tokens(EnvironmentType.DEVELOPMENT);
    assertThat(text(tokens)).isEqualTo("s.dev");
    tokens.close();
    assertThat(vault.paths()).containsExactly("auth/token/lookup-self");
  }

  @Test
  void anAgentsTokenIsReadAgainAndNeverRenewedOrRevokedHere() throws Exception {
    vault.set("auth", "agent", "token-file", "/vault/secrets/token");
    vault.machine = vault.machine.withFile("/vault/secrets/token", "s.agent\n");
    vault.answer(200, "{\"data\":{\"policies\":[\"wallets\"]}}");
    RefreshingValue<VaultToken> tokens = tokens(EnvironmentType.PRODUCTION);
    assertThat(text(tokens)).isEqualTo("s.agent");
    for (int i = 0; i < 5; i++) {
      vault.clock.advance(Duration.ofMinutes(1));
      assertThat(text(tokens)).isEqualTo("s.agent");
    }
    tokens.close();
    assertThat(vault.paths()).containsExactly("auth/token/lookup-self");
  }

  @Test
  void aRootTokenInAFileIsRefusedWhereKeysAreReal() throws Exception {
    vault.set("auth", "agent", "token-file", "/t");
    vault.machine = vault.machine.withFile("/t", "s.root");
    vault.answer(200, "{\"data\":{\"policies\":[\"root\"]}}");
    RefreshingValue<VaultToken> tokens = tokens(EnvironmentType.STAGING);
    assertThatThrownBy(() -> tokens.get(vault.call()))
        .hasMessageContaining("root token")
        .hasMessageNotContaining("s.root");
  }

  @Test
  void aTokenOfAFileIsNotTaken_whileNobodySaysWhetherItIsRoot() throws Exception {
    vault.set("auth", "agent", "token-file", "/t");
    vault.machine = vault.machine.withFile("/t", "s.root");
    RefreshingValue<VaultToken> tokens = tokens(EnvironmentType.STAGING);
    vault.answer(503, "{\"errors\":[\"Vault is sealed\"]}");
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> tokens.get(vault.call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void appRoleSendsItsSecretInDevelopment() throws Exception {
    ScriptedVault other =
        new ScriptedVault().set("auth", "approle", "role-id", "r-1", "secret-id", "s-1");
    other.token("s.1", 60);
    other.auth(EnvironmentType.DEVELOPMENT).tokens().get(other.call());
    assertThat(other.asked.get(0).path()).isEqualTo("auth/approle/login");
    assertThat(other.asked.get(0).text("secret_id")).isEqualTo("s-1");

    vault.set("auth", "approle", "role-id", "r-1");
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> tokens(EnvironmentType.DEVELOPMENT).get(vault.call()));
    assertThat(failure).hasMessageContaining("enclave.vault.secret-id");
  }

  @Test
  void onGoogleCloudTheProofIsForThisServerAndRole() throws Exception {
    String audience = "https://vault.example.com:8200/vault/w";
    vault.set("auth", "gcp");
    vault.machine =
        vault.machine.withMetadata(
            request ->
                new MetadataAnswer.Answered(
                    200, Map.of("Metadata-Flavor", "Google"), jwt(audience)));
    vault.token("s.1", 60);
    text(tokens(EnvironmentType.PRODUCTION));
    assertThat(vault.asked.get(0).path()).isEqualTo("auth/gcp/login");
    assertThat(vault.asked.get(0).text("jwt")).isEqualTo(jwt(audience));
  }

  @Test
  void onAzureTheProofIsForTheApplicationThatIsNamed() throws Exception {
    vault.set("auth", "azure", "audience", "api://vault");
    vault
        .answer(Answered.of(200, "{\"access_token\":\"" + jwt("api://vault") + "\"}"))
        .token("s.1", 60);
    text(tokens(EnvironmentType.PRODUCTION));
    assertThat(vault.asked.get(0).path())
        .startsWith("http://169.254.169.254/metadata/identity/oauth2/token")
        .contains("resource=api%3A%2F%2Fvault");
    assertThat(vault.asked.get(1).path()).isEqualTo("auth/azure/login");
    assertThat(vault.asked.get(1).text("jwt")).isEqualTo(jwt("api://vault"));
  }

  @Test
  void onAwsTheServerIsGivenASignedRequestForItAlone() throws Exception {
    vault.set("auth", "aws", "audience", "vault.example.com");
    vault.machine =
        vault.machine.withVariables(
            "AWS_REGION=eu-west-1",
            "AWS_ACCESS_KEY_ID=ASIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY=hidden-key",
            "AWS_SESSION_TOKEN=session");
    vault.token("s.1", 60);
    text(tokens(EnvironmentType.DEVELOPMENT));
    ScriptedVault.Asked login = vault.asked.get(0);
    assertThat(login.path()).isEqualTo("auth/aws/login");
    assertThat(login.text("iam_http_request_method")).isEqualTo("POST");
    assertThat(decoded(login, "iam_request_url")).isEqualTo("https://sts.eu-west-1.amazonaws.com/");
    assertThat(decoded(login, "iam_request_body"))
        .isEqualTo("Action=GetCallerIdentity&Version=2011-06-15");
    assertThat(decoded(login, "iam_request_headers"))
        .contains("\"x-vault-aws-iam-server-id\":\"vault.example.com\"")
        .contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;")
        .contains(";x-vault-aws-iam-server-id,")
        .doesNotContain("hidden-key");
  }

  private static String decoded(ScriptedVault.Asked login, String name) {
    return new String(Base64.getDecoder().decode(login.text(name)), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"jwt, token-file", "azure, audience", "agent, token-file", "approle, role-id"})
  void namesTheSettingThatAMethodNeedsToo(String auth, String missing) {
    vault.set("auth", auth);
    assertThatThrownBy(() -> tokens(EnvironmentType.DEVELOPMENT))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("enclave.vault." + missing);
  }

  @Test
  void showsNoToken() throws Exception {
    RefreshingValue<VaultToken> tokens = ofPod();
    vault.token("s.1", 60);
    text(tokens);
    assertThat(tokens.toString()).doesNotContain("s.1");
    assertThat(vault.auth(EnvironmentType.PRODUCTION).toString()).doesNotContain("s.1");
  }
}
