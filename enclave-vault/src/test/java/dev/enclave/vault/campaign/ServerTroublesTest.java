package dev.enclave.vault.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultServerBuilder;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a wallet service goes through when its Vault is sealed, has no active node, fails over,
 * takes its token or its permissions, or loses its namespace: each failure says what was seen and
 * what to do, the service goes on once the trouble is over, and nothing is lost or made twice.
 */
class ServerTroublesTest {

  private static final Message PAY = Message.ofUtf8("pay 10 to Alice");
  private static final String DOCUMENT = "kv/data:write";
  private static final String SIGN = "transit/sign";

  private final Path folder;

  @SuppressWarnings("NullAway.Init") // each test starts its own
  private TroubledVault vault;

  ServerTroublesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private TroubledVault start(VaultServerBuilder server) {
    vault = new TroubledVault(server, folder.resolve("audit"));
    return vault;
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private static SigningKey create(Enclave enclave, String name) {
    return enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519));
  }

  private static void rotate(Enclave enclave, SigningKey key) {
    enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
  }

  private static EnclaveException failure(ThrowingCallable call) {
    return catchThrowableOfType(EnclaveException.class, call);
  }

  /** Nothing happened, and the same call works later without anybody changing the service. */
  private static void requireOutage(EnclaveException failure, String... says) {
    assertThat(failure.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(failure.retryable()).isTrue();
    assertThat(failure.retryAt()).isPresent();
    assertThat(failure).hasMessageContainingAll(says);
  }

  private static void requireSigns(SigningKey key) {
    assertThat(key.verify(PAY, key.sign(PAY))).isTrue();
  }

  private static List<KeyState> states(Enclave enclave, String name) {
    KeyInfo info = enclave.admin().key(name).info();
    return info.versions().stream().map(KeyVersion::state).toList();
  }

  // Sealed

  @Test
  void aSealedServer_isAnOutage_andTheMessageSaysToUnsealIt() {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      SignatureValue before = key.sign(PAY);
      vault.server.seal();
      String[] says = {"is sealed", "vault operator unseal", "bao operator unseal"};
      requireOutage(failure(() -> key.sign(PAY)), says);
      requireOutage(failure(() -> create(enclave, "other")), says);
      requireOutage(failure(() -> rotate(enclave, key)), says);
      requireOutage(failure(() -> enclave.signingKeys().key("other")), says);
      requireOutage(failure(() -> enclave.admin().keyNames()), says);
      vault.server.unseal();
      vault.whileLater();
      assertThat(key.verify(PAY, before)).isTrue();
      requireSigns(key);
      rotate(enclave, key);
      requireSigns(key);
      requireSigns(create(enclave, "other"));
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly(
            "CREATE SUCCESS",
            "SIGN SUCCESS",
            "SIGN FAILURE BACKEND_UNAVAILABLE",
            "ROTATE FAILURE BACKEND_UNAVAILABLE",
            "SIGN SUCCESS",
            "SIGN SUCCESS",
            "ROTATE SUCCESS",
            "SIGN SUCCESS");
    assertThat(vault.recorded("other"))
        .containsExactly(
            "CREATE FAILURE BACKEND_UNAVAILABLE",
            "LOOK_UP FAILURE BACKEND_UNAVAILABLE",
            "CREATE SUCCESS",
            "SIGN SUCCESS");
  }

  @Test
  void sealingWhileAKeyIsMade_leavesNoKey_andWhatWasMadeOfItIsFound() {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open()) {
      vault.beforeNext(DOCUMENT, (request, service) -> vault.server.seal());
      requireOutage(failure(() -> create(enclave, "wallet")), "is sealed", "unseal");
      vault.server.unseal();
      vault.whileLater();
      assertThat(failure(() -> enclave.signingKeys().key("wallet")).code())
          .isEqualTo(ErrorCode.KEY_NOT_FOUND);
      requireSigns(create(enclave, "wallet"));
      assertThat(states(enclave, "wallet")).containsExactly(KeyState.ACTIVE);
      vault.requireAllAccounted(enclave, 1);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly(
            "CREATE FAILURE BACKEND_UNAVAILABLE",
            "LOOK_UP REFUSED KEY_NOT_FOUND",
            "CREATE SUCCESS",
            "SIGN SUCCESS");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sealingWhileAKeyIsRotated_leavesTheVersionThatSigned(int document) {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      KeyVersion first = key.activeVersion();
      enclave.admin().statementKey();
      vault.atNext(
          DOCUMENT,
          document,
          (request, service) -> {
            vault.server.seal();
            return Delivery.answer(service.handle(request));
          });
      requireOutage(failure(() -> rotate(enclave, key)), "is sealed", "unseal");
      vault.server.unseal();
      vault.whileLater();
      assertThat(enclave.signingKeys().key("wallet").activeVersion().id()).isEqualTo(first.id());
      requireSigns(key);
      rotate(enclave, key);
      assertThat(key.activeVersion().id()).isNotEqualTo(first.id());
      requireSigns(key);
      vault.requireAllAccounted(enclave, 1);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactlyElementsOf(cutOffRotation(document, ErrorCode.BACKEND_UNAVAILABLE));
  }

  /** The second document decides: by then a version was made and tried, and is to be taken back. */
  private static List<String> cutOffRotation(int document, ErrorCode code) {
    List<String> ends = new ArrayList<>(List.of("CREATE SUCCESS"));
    if (document == 2) {
      ends.add("SIGN SUCCESS");
      ends.add("CHANGE_STATE FAILURE " + code);
    }
    ends.addAll(
        List.of(
            "ROTATE FAILURE " + code,
            "SIGN SUCCESS",
            "SIGN SUCCESS",
            "ROTATE SUCCESS",
            "SIGN SUCCESS"));
    return ends;
  }

  // No active node, and a standby that forwards nothing

  @Test
  void withoutAnActiveNode_keysAreUsed_andChangesAreAnOutage() {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      vault.server.stepDown();
      requireSigns(key);
      requireSigns(enclave.signingKeys().key("wallet"));
      String[] says = {"active", "The cluster has no active node", "storage", "logs"};
      requireOutage(failure(() -> create(enclave, "other")), says);
      requireOutage(failure(() -> rotate(enclave, key)), says);
      vault.server.failover();
      requireSigns(create(enclave, "other"));
      rotate(enclave, key);
      requireSigns(key);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly(
            "CREATE SUCCESS",
            "SIGN SUCCESS",
            "SIGN SUCCESS",
            "ROTATE FAILURE BACKEND_UNAVAILABLE",
            "SIGN SUCCESS",
            "ROTATE SUCCESS",
            "SIGN SUCCESS");
  }

  @Test
  void withoutAnActiveNode_aVaultWhoseStandbysReadNothing_isAnOutage() {
    start(VaultServer.builder().vault());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.server.stepDown();
      requireOutage(
          failure(() -> key.sign(PAY)), "active", "The cluster has no active node", "logs");
      vault.server.failover();
      requireSigns(key);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly("CREATE SUCCESS", "SIGN FAILURE BACKEND_UNAVAILABLE", "SIGN SUCCESS");
  }

  /** {@code http/handler.go}, forwardRequest: what could not be forwarded is redirected. */
  @Test
  void aStandbyThatForwardsNothing_leavesOnlyChangesOpen_andNoKeyIsMadeTwice() {
    start(VaultServer.builder());
    vault.at(vault.server.standbyAddress());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      vault.during(
          (request, service) ->
              request.method().equals("POST") && !request.operation().equals(SIGN)
                  ? redirected(request)
                  : Interceptor.NONE.intercept(request, service));
      requireSigns(key);
      EnclaveException open = failure(() -> create(enclave, "other"));
      assertThat(open.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
      assertThat(open.retryable()).isFalse();
      assertThat(open).hasMessageContainingAll("307", "cluster_addr", "look before you repeat it");
      vault.during(Interceptor.NONE);
      assertThat(failure(() -> enclave.signingKeys().key("other")).code())
          .isEqualTo(ErrorCode.KEY_NOT_FOUND);
      requireSigns(create(enclave, "other"));
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("other"))
        .containsExactly(
            "CREATE UNKNOWN OUTCOME_UNKNOWN",
            "LOOK_UP REFUSED KEY_NOT_FOUND",
            "CREATE SUCCESS",
            "SIGN SUCCESS");
  }

  private Delivery redirected(ServiceRequest request) {
    return Delivery.answer(
        ServiceResponse.of(307, new byte[0])
            .withHeader("Location", vault.server.address() + request.path()));
  }

  // Failover

  @Test
  void afterAFailover_theNodeThatReadsLateTakesNothingBack() {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open();
        Enclave other = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      SigningKey late = other.signingKeys().key("wallet");
      KeyVersion first = late.activeVersion();
      rotate(enclave, key);
      vault.server.failover();
      // This node is a standby now, and has seen neither the new version nor the decision.
      SigningKey seen = enclave.signingKeys().key("wallet");
      assertThat(seen.activeVersion().id()).isNotEqualTo(first.id());
      SignatureValue signed = seen.sign(PAY);
      assertThat(signed.version()).isNotEqualTo(first.id());
      assertThat(seen.verify(PAY, signed)).isTrue();
      requireSigns(create(enclave, "made-at-once"));
      // Who goes by a late reading decides nothing.
      EnclaveException lost = failure(() -> rotate(other, late));
      assertThat(lost.code()).isEqualTo(ErrorCode.ROTATION_CONFLICT);
      vault.whileLater();
      assertThat(other.signingKeys().key("wallet").activeVersion().id())
          .isEqualTo(signed.version());
      vault.requireAllAccounted(enclave, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aKeyWhoseNodeFailedOverBeforeItAnswered_isThereOnce(boolean redirected) {
    start(VaultServer.builder());
    if (redirected) {
      vault.at(vault.server.standbyAddress());
    }
    try (Enclave enclave = vault.open()) {
      vault.atNext(DOCUMENT, cutOff(redirected));
      SigningKey key = create(enclave, "wallet");
      requireSigns(key);
      assertThat(states(enclave, "wallet")).containsExactly(KeyState.ACTIVE);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet")).containsExactly("CREATE SUCCESS", "SIGN SUCCESS");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRotationWhoseNodeFailedOverBeforeItAnswered_isDoneOnce(int document) {
    start(VaultServer.builder());
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      enclave.admin().statementKey();
      vault.atNext(DOCUMENT, document, cutOff(false));
      rotate(enclave, key);
      requireSigns(key);
      assertThat(states(enclave, "wallet")).containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly("CREATE SUCCESS", "SIGN SUCCESS", "ROTATE SUCCESS", "SIGN SUCCESS");
  }

  /** The active node carries it out, another one becomes active, and no answer comes. */
  private Interceptor cutOff(boolean redirected) {
    return (request, service) -> {
      assertThat(service.handle(request).status()).isLessThan(300);
      vault.server.failover();
      return redirected ? redirected(request) : Delivery.reset();
    };
  }

  @Test
  void aKeyWhoseNodeWentAwayForGood_isUnknown_andIsFoundAfterwards() {
    start(VaultServer.builder().vault());
    try (Enclave enclave = vault.open()) {
      vault.atNext(
          DOCUMENT,
          (request, service) -> {
            assertThat(service.handle(request).status()).isEqualTo(200);
            vault.server.stepDown();
            return Delivery.reset();
          });
      EnclaveException open = failure(() -> create(enclave, "wallet"));
      assertThat(open.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
      assertThat(open).hasMessageContainingAll("It may have been carried out", "look before");
      vault.server.failover();
      vault.whileLater();
      requireSigns(enclave.signingKeys().key("wallet"));
      assertThat(failure(() -> create(enclave, "wallet")).code())
          .isEqualTo(ErrorCode.KEY_ALREADY_EXISTS);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .startsWith("CREATE UNKNOWN OUTCOME_UNKNOWN", "SIGN SUCCESS");
  }

  // Tokens

  @ParameterizedTest
  @ValueSource(strings = {SIGN, "transit/keys:create", DOCUMENT})
  void aTokenThatIsRevokedInMidCall_isReplaced_andNobodyNotices(String moment) {
    start(
        VaultServer.builder()
            .policy("wallets", printed())
            .appRole("wallets", Map.of("token_policies", "wallets")));
    vault.logsIn("wallets");
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      vault.beforeNext(
          moment,
          (request, service) -> vault.server.revoke(request.header("X-Vault-Token").orElseThrow()));
      int before = vault.server.journal().entries().size();
      requireSigns(key);
      requireSigns(create(enclave, "other"));
      assertThat(
              vault
                  .server
                  .journal()
                  .entries()
                  .subList(before, vault.server.journal().entries().size()))
          .filteredOn(entry -> entry.operation().startsWith("auth/approle/login"))
          .hasSize(1);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet")).containsExactly("CREATE SUCCESS", "SIGN SUCCESS");
    assertThat(vault.recorded("other")).containsExactly("CREATE SUCCESS", "SIGN SUCCESS");
  }

  @Test
  void aTokenThatSomebodyWroteDown_andThatIsRevoked_isNamedByItsFile_andTakenAnewFromThere() {
    start(VaultServer.builder().policy("wallets", printed()));
    vault.token = vault.server.issueToken(VaultTokenSpec.of("wallets"));
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      vault.beforeNext(SIGN, (request, service) -> vault.server.revoke(vault.token));
      for (EnclaveException refused :
          List.of(
              failure(() -> key.sign(PAY)),
              failure(() -> create(enclave, "other")),
              failure(() -> rotate(enclave, key)))) {
        assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
        assertThat(refused.retryable()).isFalse();
        assertThat(refused)
            .hasMessageContainingAll("403", "does not know the token", VaultUnderTest.TOKEN_FILE)
            .hasMessageNotContainingAny(vault.token);
      }
      vault.token = vault.server.issueToken(VaultTokenSpec.of("wallets"));
      vault.whileLater();
      requireSigns(key);
      requireSigns(create(enclave, "other"));
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly(
            "CREATE SUCCESS",
            "SIGN FAILURE ACCESS_DENIED",
            "ROTATE FAILURE ACCESS_DENIED",
            "SIGN SUCCESS");
  }

  // Policies

  @Test
  void aPermissionThatIsTaken_isDenied_andTheMessageHasTheRuleThatGivesIt() {
    start(VaultServer.builder().policy("wallets", printed()));
    vault.token = vault.server.issueToken(VaultTokenSpec.of("wallets"));
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      vault.whileLater();
      vault.beforeNext(
          SIGN,
          (request, service) ->
              vault.server.setPolicy(
                  "wallets", printed() + "\npath \"transit/sign/*\" {capabilities=[\"deny\"]}"));
      requireDenied(failure(() -> key.sign(PAY)), "path \"transit/sign/", "\"update\"");
      vault.server.setPolicy("wallets", printed());
      requireSigns(key);
      vault.requireAllAccounted(enclave, 0);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly("CREATE SUCCESS", "SIGN FAILURE ACCESS_DENIED", "SIGN SUCCESS");
  }

  @Test
  void aPermissionThatIsTakenWhileAKeyIsMade_leavesNoKey_andWhatWasMadeOfItIsFound() {
    start(VaultServer.builder().policy("wallets", printed()));
    vault.token = vault.server.issueToken(VaultTokenSpec.of("wallets"));
    try (Enclave enclave = vault.open()) {
      create(enclave, "first");
      vault.whileLater();
      vault.beforeNext(
          DOCUMENT, (request, service) -> vault.server.setPolicy("wallets", readOnly()));
      requireDenied(
          failure(() -> create(enclave, "wallet")),
          "path \"secret/data/enclave/keys/wallet\"",
          "\"create\", \"update\"");
      vault.server.setPolicy("wallets", printed());
      assertThat(failure(() -> enclave.signingKeys().key("wallet")).code())
          .isEqualTo(ErrorCode.KEY_NOT_FOUND);
      requireSigns(create(enclave, "wallet"));
      vault.requireAllAccounted(enclave, 1);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactly(
            "CREATE FAILURE ACCESS_DENIED",
            "LOOK_UP REFUSED KEY_NOT_FOUND",
            "CREATE SUCCESS",
            "SIGN SUCCESS");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPermissionThatIsTakenWhileAKeyIsRotated_leavesTheVersionThatSigned(int document) {
    start(VaultServer.builder().policy("wallets", printed()));
    vault.token = vault.server.issueToken(VaultTokenSpec.of("wallets"));
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      KeyVersion first = key.activeVersion();
      enclave.admin().statementKey();
      vault.whileLater();
      vault.atNext(
          DOCUMENT,
          document,
          (request, service) -> {
            vault.server.setPolicy("wallets", readOnly());
            return Delivery.answer(service.handle(request));
          });
      requireDenied(
          failure(() -> rotate(enclave, key)), "path \"secret/data/enclave/keys/wallet\"");
      requireSigns(key);
      assertThat(key.activeVersion().id()).isEqualTo(first.id());
      vault.server.setPolicy("wallets", printed());
      rotate(enclave, key);
      requireSigns(key);
      assertThat(key.activeVersion().id()).isNotEqualTo(first.id());
      vault.requireAllAccounted(enclave, 1);
    }
    assertThat(vault.recorded("wallet"))
        .containsExactlyElementsOf(cutOffRotation(document, ErrorCode.ACCESS_DENIED));
  }

  private static void requireDenied(EnclaveException refused, String... says) {
    assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(refused.retryable()).isFalse();
    assertThat(refused)
        .hasMessageContainingAll("403", "Add to a policy of the identity", "enclave doctor --iam")
        .hasMessageContainingAll(says);
  }

  private static String printed() {
    return "path \"transit/*\" {capabilities=[\"create\",\"read\",\"update\",\"delete\",\"list\"]}\n"
        + "path \"secret/*\" {capabilities=[\"create\",\"read\",\"update\",\"delete\",\"list\"]}";
  }

  private static String readOnly() {
    return printed() + "\npath \"secret/data/enclave/keys/*\" {capabilities=[\"read\"]}";
  }

  // Namespaces

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNamespaceThatIsMissing_isAMisconfiguration_andNoMissingKey(boolean enterprise) {
    start(enterprise ? VaultServer.builder().vaultEnterprise() : VaultServer.builder());
    vault.with("enclave.vault.namespace", "payments");
    EnclaveException none =
        failure(
            () -> {
              try (Enclave enclave = vault.open()) {
                create(enclave, "wallet");
              }
            });
    requireMisconfigured(none);
  }

  private static void requireMisconfigured(EnclaveException refused) {
    assertThat(refused.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE);
    assertThat(refused.retryable()).isFalse();
    assertThat(refused).hasMessageContainingAll("404", "enclave.vault.namespace");
  }

  /** {@code vault/request_handling.go}: so OpenBao says it of one that was deleted. */
  @Test
  void aNamespaceThatIsGoneForAWhile_isAMisconfiguration_andNothingIsTakenForMissing() {
    start(VaultServer.builder().namespace("payments"));
    vault.with("enclave.vault.namespace", "payments");
    try (Enclave enclave = vault.open()) {
      SigningKey key = create(enclave, "wallet");
      SignatureValue before = key.sign(PAY);
      vault.whileLater();
      vault.during((request, service) -> noNamespace());
      for (EnclaveException refused :
          List.of(
              failure(() -> key.sign(PAY)),
              failure(() -> create(enclave, "other")),
              failure(() -> rotate(enclave, key)),
              failure(() -> enclave.signingKeys().key("other")),
              failure(() -> enclave.admin().keyNames()),
              failure(() -> enclave.admin().orphans().orElseThrow().discard()))) {
        requireMisconfigured(refused);
      }
      vault.during(Interceptor.NONE);
      assertThat(key.verify(PAY, before)).isTrue();
      requireSigns(key);
      requireSigns(create(enclave, "other"));
      assertThat(enclave.admin().keyNames()).hasSize(2);
    }
    assertThat(vault.recorded("other"))
        .startsWith("CREATE FAILURE CONFIGURATION_INVALID_VALUE")
        .endsWith("CREATE SUCCESS", "SIGN SUCCESS");
  }

  private static Delivery noNamespace() {
    byte[] said = "{\"errors\":[\"namespace not found\"]}\n".getBytes(StandardCharsets.US_ASCII);
    return Delivery.answer(
        ServiceResponse.of(404, said).withHeader("Content-Type", "application/json"));
  }
}
