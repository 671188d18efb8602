package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.StrictEnclave;
import dev.enclave.emulators.Denial;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * PRODUCTION uses no adopted key whose environment stamp it could not read. A vault has no
 * permission for tags: "Get Key" of the REST API answers with a KeyBundle, which holds key and
 * tags, and takes the keys/get permission.
 */
class AdoptedStampTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void readsStampAndKeyByTheSameRequest() throws BackendFailure {
    String uri = place("DEVELOPMENT");
    bench.server.journal().clear();
    assertThat(bench.another().adopt(AzureBench.NAME, uri, bench.call()).stamp())
        .hasToString("DEVELOPMENT");
    assertThat(bench.requests()).containsOnly("GetKey");
  }

  @Test
  void refusesADevelopmentKey() {
    try (Enclave enclave = open(place("DEVELOPMENT"))) {
      assertRefused(ErrorCode.STAMP_MISMATCH, enclave, "DEVELOPMENT");
    }
  }

  @Test
  void refusesAKey_thatMayNotBeRead() {
    String uri = place("DEVELOPMENT");
    bench.server.deny(Denial.of("Microsoft.KeyVault/vaults/keys/read"));
    try (Enclave enclave = open(uri)) {
      assertRefused(ErrorCode.ACCESS_DENIED, enclave);
    }
  }

  @Test
  void refusesAKey_whoseStampNamesNoEnvironmentType() {
    try (Enclave enclave = open(place("prod"))) {
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave, "tag enclave-environment");
    }
  }

  @Test
  void signsInProduction_withExactlyTheActionsOfTheRolePrintedForAdoptedKeys()
      throws BackendFailure {
    String uri = place("PRODUCTION");
    Set<String> granted = printedForAdoptedKeys();
    Arrays.stream(AzureOperation.values())
        .map(operation -> operation.dataAction(false))
        .filter(action -> !granted.contains(action))
        .forEach(action -> bench.server.deny(Denial.of(action)));
    try (Enclave enclave = open(uri)) {
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void sealsInProduction_withExactlyTheActionsOfTheRolePrintedForAdoptedKeys()
      throws BackendFailure {
    String uri =
        place("PRODUCTION", WrappingAlgorithm.RSA_OAEP_3072_SHA256) + "#RSA_OAEP_3072_SHA256";
    Set<String> granted = printedForAdoptedKeys();
    Arrays.stream(AzureOperation.values())
        .map(operation -> operation.dataAction(false))
        .filter(action -> !granted.contains(action))
        .forEach(action -> bench.server.deny(Denial.of(action)));
    try (Enclave enclave = open(uri)) {
      byte[] secret = "s3cret".getBytes(StandardCharsets.UTF_8);
      assertThat(enclave.unseal(enclave.seal("treasury", secret, new byte[0]), new byte[0]))
          .isEqualTo(secret);
    }
  }

  private static Set<String> printedForAdoptedKeys() throws BackendFailure {
    String text = AzureAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    String role = text.substring(text.indexOf("# For a key that something else made"));
    return Pattern.compile("Microsoft\\.KeyVault/vaults/keys/[a-z/]+")
        .matcher(role.replaceFirst("AssignableScopes.*", ""))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void assertRefused(ErrorCode code, Enclave enclave, String... said) {
    assertThatThrownBy(() -> enclave.signingKeys().key("treasury"))
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              for (String text : said) {
                assertThat(e.getMessage()).contains(text);
              }
            });
  }

  private String place(String stamp) {
    return place(stamp, SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private String place(String stamp, KeyAlgorithm algorithm) {
    Map<String, String> tags = Map.of("enclave-environment", stamp, AzureKeys.ORIGIN, "generated");
    return bench
        .session
        .http()
        .during(
            bench.call(),
            attempt ->
                new AzureScheme(algorithm)
                    .create(bench.session.keys(), "treasury", tags)
                    .getValue())
        .getId();
  }

  private Enclave open(String uri) {
    return StrictEnclave.adopting(uri, Map.of(), context -> bench.another())
        .with(bench.clock)
        .with(new RecordingAuditSink())
        .open();
  }
}
