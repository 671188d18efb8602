package dev.enclave.vault.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.vault.internal.ScriptedVault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers of a server mean for the next attempt, and what is told of them. */
class VaultCallsTest {

  private static final VaultRequest READ = VaultRequest.read("key a", "transit/keys/a");
  private static final VaultRequest SIGN =
      VaultRequest.use("sign", "key a", "transit/sign/a", Map.of("input", "c2VjcmV0"));
  private static final VaultRequest WRITE =
      VaultRequest.change("rotate", "key a", "transit/keys/a/rotate", Map.of());

  private final ScriptedVault vault = new ScriptedVault().token("s.first", 3600);
  private final VaultCalls calls = vault.calls();

  VaultCallsTest() throws BackendFailure {}

  private static String errors(String text) {
    return "{\"errors\":[\"1 error occurred:\\n\\t* " + text + ": secret words\\n\\n\"]}";
  }

  private static BackendFailure failure(ThrowingCallable call) {
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure)
        .message()
        .doesNotContain("secret words", "s.first", "s.second", "header.pod.sig", "c2VjcmV0");
    return failure;
  }

  @ParameterizedTest
  @CsvSource({
    "400, anything, PERMANENT, PERMANENT, REJECTED",
    "400, check-and-set parameter did not match the current version, PERMANENT, PERMANENT, CONFLICT",
    "400, requested version for signing is higher than the latest key version, TRANSIENT, TRANSIENT, NOT_FOUND",
    "500, requested version for signing is higher than the latest key version, TRANSIENT, TRANSIENT, NOT_FOUND",
    "400, signing key not found, PERMANENT, PERMANENT, NOT_FOUND",
    "400, requested version for signing is less than the minimum encryption key version, PERMANENT, PERMANENT, INVALID_STATE",
    "400, ciphertext or signature version is disallowed by policy (too old), PERMANENT, PERMANENT, INVALID_STATE",
    "500, refusing to use soft-deleted key, PERMANENT, PERMANENT, INVALID_STATE",
    "500, the import path cannot be used with an existing key, PERMANENT, PERMANENT, ALREADY_EXISTS",
    "400, cipher: message authentication failed, PERMANENT, PERMANENT, CORRUPT",
    "404, , PERMANENT, PERMANENT, NOT_FOUND",
    "404, no handler for route. route entry not found., PERMANENT, PERMANENT, MISCONFIGURED",
    "404, namespace not found, PERMANENT, PERMANENT, MISCONFIGURED",
    "405, unsupported operation, PERMANENT, PERMANENT, UNSUPPORTED",
    "412, required index state not present, TRANSIENT, TRANSIENT, UNAVAILABLE",
    "413, http: request body too large, PERMANENT, PERMANENT, LIMIT_EXCEEDED",
    "418, , PERMANENT, PERMANENT, REJECTED",
    "429, rate limit quota exceeded, THROTTLED, THROTTLED, THROTTLED",
    "472, , TRANSIENT, TRANSIENT, UNAVAILABLE",
    "473, , TRANSIENT, TRANSIENT, UNAVAILABLE",
    "500, internal error, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "500, local node not active but active cluster node not found, TRANSIENT, TRANSIENT, UNAVAILABLE",
    "501, , PERMANENT, PERMANENT, MISCONFIGURED",
    "502, , TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "503, Vault is sealed, TRANSIENT, TRANSIENT, UNAVAILABLE",
    "503, , TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "503, API access to this namespace has been locked by an administrator, PERMANENT, PERMANENT, ACCESS_DENIED",
    "504, , TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "307, , TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "100, , PERMANENT, PERMANENT, REJECTED"
  })
  void sortsAnswers(
      int status, String text, FailureClass reading, FailureClass changing, FailureCode code) {
    for (int i = 0; i < 2; i++) {
      vault.answer(status, text == null ? "{\"errors\":[]}" : errors(text));
    }
    BackendFailure read = failure(() -> calls.send(READ, vault.call()));
    assertThat(read.failureClass()).isEqualTo(reading);
    assertThat(read.code()).isEqualTo(code);
    assertThat(read).hasMessageContaining("read").hasMessageContaining("key a");
    assertThat(read.advice()).isPresent();
    assertThat(failure(() -> calls.send(WRITE, vault.call())).failureClass()).isEqualTo(changing);
  }

  @Test
  void asksWithTokenNamespaceAndTheHeaderThatAgentsMayDemand() throws Exception {
    ScriptedVault inNamespace = new ScriptedVault().set("namespace", "payments/wallets");
    inNamespace.token("s.first", 60).answer(200, "{\"data\":{\"keys\":[\"a\"]}}");
    VaultCalls there = inNamespace.calls();
    there.send(VaultRequest.list("keys", "transit/keys"), inNamespace.call());
    ScriptedVault.Asked list = inNamespace.asked.get(1);
    assertThat(list.method()).isEqualTo("GET");
    assertThat(list.path()).isEqualTo("transit/keys?list=true");
    assertThat(list.header("X-Vault-Token")).isEqualTo("s.first");
    assertThat(list.header("X-Vault-Namespace")).isEqualTo("payments/wallets");
    assertThat(list.header("X-Vault-Request")).isEqualTo("true");
  }

  @Test
  void givesTheDataOfAnAnswer_andTellsItsRequestIdAndTime() throws Exception {
    List<String> ids = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    vault.answer(
        200,
        "{\"request_id\":\"r-1\",\"data\":{\"type\":\"ed25519\"},\"warnings\":[\"key a already existed\"]}",
        "Date",
        "Wed, 02 Dec 2026 15:58:51 GMT");
    assertThat(
            calls.send(READ, vault.call().withRequestIds(ids::add).withProviderTimes(times::add)))
        .containsExactly(Map.entry("type", "ed25519"));
    assertThat(ids).containsExactly("r-1");
    assertThat(times).containsExactly(Instant.parse("2026-12-02T15:58:51Z"));
    assertThat(calls.clocks().finding()).isPresent();
  }

  @Test
  void anAnswerWithoutABodyHasNoData() throws Exception {
    vault.answer(204, "");
    assertThat(calls.send(WRITE, vault.call())).isEmpty();
  }

  @Test
  void findsNothingWhereThereIsNone() throws Exception {
    vault.answer(404, "{\"errors\":[]}");
    assertThat(calls.find(READ, vault.call())).isEmpty();
  }

  @Test
  void findsWhatIsLeftOfADeletedVersionOfTheStore() throws Exception {
    vault.answer(404, "{\"data\":{\"data\":null,\"metadata\":{\"version\":3,\"destroyed\":true}}}");
    assertThat(calls.find(READ, vault.call()))
        .hasValue(Map.of("metadata", Map.of("version", 3L, "destroyed", true)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{\"message\":\"no such route\"}"})
  void whatAnotherServerDoesNotFindIsNoMissingKey(String body) {
    vault.answer(404, body);
    BackendFailure failure = failure(() -> calls.find(READ, vault.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.REJECTED);
    assertThat(failure).hasMessageContaining("Something else");
  }

  @Test
  void aMissingMountIsNoMissingKey() {
    vault.answer(404, errors("no handler for route \\\"transit/keys/a\\\""));
    BackendFailure failure = failure(() -> calls.find(READ, vault.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.vault.transit-mount");
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    vault.answer(429, errors("rate limit quota exceeded"), "Retry-After", "7");
    assertThat(failure(() -> calls.send(SIGN, vault.call())).retryAfter())
        .hasValue(Duration.ofSeconds(7));
  }

  @Test
  void logsInAnewOnce_whenTheServerDoesNotKnowTheTokenAnyMore() throws Exception {
    vault.answer(200, "{\"data\":{}}");
    calls.send(READ, vault.call());
    vault.clock.advance(Duration.ofSeconds(30));
    vault
        .answer(403, errors("permission denied"))
        .answer(403, errors("permission denied"))
        .answer(403, errors("permission denied"))
        .token("s.second", 3600)
        .answer(200, "{\"data\":{\"name\":\"a\"}}");
    assertThat(calls.send(WRITE, vault.call())).containsEntry("name", "a");
    assertThat(vault.paths())
        .containsExactly(
            "auth/kubernetes/login",
            "transit/keys/a",
            "transit/keys/a/rotate",
            "auth/token/lookup-self",
            "auth/token/renew-self",
            "auth/kubernetes/login",
            "transit/keys/a/rotate");
    assertThat(vault.asked.get(6).header("X-Vault-Token")).isEqualTo("s.second");
  }

  @Test
  void namesTheRuleThatIsMissing_andKeepsATokenThatIsGood() throws Exception {
    vault.answer(200, "{\"data\":{}}");
    calls.send(READ, vault.call());
    vault.clock.advance(Duration.ofSeconds(30));
    vault.answer(403, errors("permission denied")).answer(200, "{\"data\":{}}");
    BackendFailure failure = failure(() -> calls.send(SIGN, vault.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure)
        .hasMessageContaining("path \"transit/sign/a\" { capabilities = [\"update\"] }");
    assertThat(vault.paths()).last().isEqualTo("auth/token/lookup-self");
  }

  @Test
  void aRefusalIsNotForGood_whileNobodySaysWhoTheTokenIs() {
    vault.answer(403, errors("permission denied")).answer(503, errors("Vault is sealed"));
    assertThat(failure(() -> calls.send(SIGN, vault.call())).failureClass())
        .isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void aTokenOfSecondsMayNotHaveComeToTheNodeYet() {
    vault.answer(403, errors("permission denied")).answer(403, errors("permission denied"));
    BackendFailure failure = failure(() -> calls.send(WRITE, vault.call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("[\"create\", \"update\"]");
  }

  @Test
  void namesNoOtherHostToTheToken() {
    vault.answer(307, "", "Location", "https://elsewhere.example.com/v1/transit/sign/a");
    assertThat(failure(() -> calls.send(SIGN, vault.call()))).message().doesNotContain("elsewhere");
    assertThat(vault.asked).hasSize(2);
  }

  @Test
  void aSealedServerSaysSoWhenAskedHowItIs() throws Exception {
    ScriptedVault sealed =
        new ScriptedVault().answer(503, "{\"initialized\":true,\"sealed\":true,\"standby\":true}");
    VaultCalls there = sealed.calls();
    BackendFailure failure =
        failure(() -> there.ask(VaultRequest.read("the server", "sys/health"), sealed.call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("is sealed").hasMessageContaining("Unseal");
  }

  @Test
  void whatWasCutOffMayHaveHappened() {
    vault
        .answer(new Silent(Kind.BROKEN, "the connection broke"))
        .answer(new Silent(Kind.LATE, "no answer"))
        .answer(200, "<html>");
    for (int i = 0; i < 3; i++) {
      assertThat(failure(() -> calls.send(WRITE, vault.call())).failureClass())
          .isEqualTo(FailureClass.AMBIGUOUS);
    }
  }

  @Test
  void saysThatItIsClosed() throws Exception {
    vault.answer(200, "{\"data\":{}}").answer(204, "");
    calls.send(READ, vault.call());
    calls.gate().close();
    assertThat(vault.paths()).last().isEqualTo("auth/token/revoke-self");
    assertThat(failure(() -> calls.send(READ, vault.call())).code()).isEqualTo(FailureCode.CLOSED);
  }

  @Test
  void showsNoToken() throws Exception {
    assertThat(SIGN.toString()).isEqualTo("VaultRequest[post transit/sign/a]");
    assertThat(VaultToken.of(" s.first\n", Instant.EPOCH).orElseThrow().toString())
        .doesNotContain("s.first");
  }
}
