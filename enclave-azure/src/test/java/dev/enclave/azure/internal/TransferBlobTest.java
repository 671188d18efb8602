package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.OutsideKeys.Outside;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.RestoreRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What private keys travel in, and under which key of the vault. */
class TransferBlobTest {

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Pattern BLOB = Pattern.compile("\"key_hsm\":\"([A-Za-z0-9_-]+)\"");
  private static final Pattern KID = Pattern.compile("\"kid\":\"([^\"]+)\"");

  private static AzureBench bench;

  private final KeyName name = KeyName.of("key-" + NAMES.incrementAndGet());
  private final List<String> imports = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() {
    bench = new AzureBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void watch() {
    bench.leaveAlone();
    bench.meddle(
        "ImportKey",
        (request, service) -> {
          imports.add(new String(request.body(), StandardCharsets.UTF_8));
          return Delivery.answer(service.handle(request));
        });
  }

  private static void restore(RestoreRequest request) throws BackendFailure {
    bench.backend.restore(request, KeyVaults.call(request.operationId(), bench.clock));
  }

  private void restoreOne() throws BackendFailure {
    try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      restore(key.request(name));
    }
  }

  private BackendFailure failure() {
    return catchThrowableOfType(BackendFailure.class, this::restoreOne);
  }

  private String blob() {
    Matcher found = BLOB.matcher(imports.get(imports.size() - 1));
    assertThat(found.find()).isTrue();
    return new String(Base64.getUrlDecoder().decode(found.group(1)), StandardCharsets.UTF_8);
  }

  private String exchangeKey() {
    Matcher found = KID.matcher(blob());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void isTheDocumentOfTheSpecification_member_by_member() throws BackendFailure {
    restoreOne();
    assertThat(blob())
        .matches(
            Pattern.quote("{\"schema_version\":\"1.0.0\",\"header\":{\"kid\":\"")
                + Pattern.quote(bench.server.vaultUrl() + "/keys/import-to-enclave/")
                + "[0-9a-f]{32}"
                + Pattern.quote("\",\"alg\":\"dir\",\"enc\":\"CKM_RSA_AES_KEY_WRAP\"},")
                + "\"ciphertext\":\"[A-Za-z0-9_-]{600,}\",\"generator\":\"Enclave\"\\}");
    assertThat(imports.get(0))
        .contains("\"kty\":\"EC-HSM\"", "\"crv\":\"P-256\"", "\"key_ops\":[\"sign\",\"verify\"]")
        .doesNotContain("\"d\":", "\"x\":");
  }

  @Test
  void namesNoCurve_forRsa() throws BackendFailure {
    try (Outside key = OutsideKeys.of(SigningAlgorithm.RSA_PSS_2048_SHA256, KeyState.ACTIVE)) {
      restore(key.request(name));
    }
    assertThat(imports.get(0)).contains("\"kty\":\"RSA-HSM\"").doesNotContain("\"crv\"");
  }

  @Test
  void travelsUnderAKeyThatCanDoNothingElse_andIsOverSoon() throws BackendFailure {
    restoreOne();
    String kid = exchangeKey();
    KeyVaultKey key =
        bench.bySdk(
            keys ->
                keys.getKey(AzureImports.EXCHANGE_KEY, kid.substring(kid.lastIndexOf('/') + 1)));
    assertThat(key.getKeyType().toString()).isEqualTo("RSA-HSM");
    assertThat(key.getKeyOperations()).containsExactly(KeyOperation.IMPORT);
    assertThat(key.getProperties().getExpiresOn().toInstant())
        .isBetween(bench.clock.now(), bench.clock.now().plus(Duration.ofHours(2)));
  }

  @Test
  void travelsUnderNoKeyThatLayThere() throws BackendFailure {
    try (AzureBench other = new AzureBench()) {
      String planted =
          other
              .bySdk(
                  keys ->
                      keys.createRsaKey(
                          new CreateRsaKeyOptions(AzureImports.EXCHANGE_KEY)
                              .setHardwareProtected(true)
                              .setKeySize(3072)
                              .setKeyOperations(KeyOperation.IMPORT)))
              .getId();
      other.meddle(
          "ImportKey",
          (request, service) -> {
            imports.add(new String(request.body(), StandardCharsets.UTF_8));
            return Delivery.answer(service.handle(request));
          });
      try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
        RestoreRequest request = key.request(name);
        other.backend.restore(request, KeyVaults.call(request.operationId(), other.clock));
      }
      assertThat(exchangeKey())
          .startsWith(other.server.vaultUrl().toString())
          .isNotEqualTo(planted);
    }
  }

  @Test
  void isMadeForAnotherKey_onceTheFirstIsOver() throws BackendFailure {
    restoreOne();
    String before = exchangeKey();
    try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      restore(key.request(KeyName.of(name + "-again")));
      assertThat(exchangeKey()).isEqualTo(before);
      bench.clock.advance(Duration.ofHours(3));
      restore(key.request(KeyName.of(name + "-later")));
      assertThat(exchangeKey()).isNotEqualTo(before);
    }
  }

  @Test
  void isMadeForAnotherKey_onceTheFirstIsSwitchedOff() throws BackendFailure {
    restoreOne();
    String before = exchangeKey();
    bench.bySdk(
        keys ->
            keys.updateKeyProperties(
                keys.getKey(AzureImports.EXCHANGE_KEY).getProperties().setEnabled(false),
                KeyOperation.IMPORT));
    try (Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      RestoreRequest request = key.request(KeyName.of(name + "-again"));
      BackendFailure first = catchThrowableOfType(BackendFailure.class, () -> restore(request));
      assertThat(first.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      restore(request);
      assertThat(exchangeKey()).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "\"RSA-HSM\", \"RSA\"",
    "\"import\", \"wrapKey\"",
    "/keys/import-to-enclave/, /keys/other/",
    "\"hsmPlatform\":\"2\", \"hsmPlatform\":\"0\""
  })
  void doesNotTravel_underAKeyOfAnotherKind(String what, String instead) throws BackendFailure {
    try (AzureBench other = new AzureBench();
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      other.rewrite("CreateKey", body -> body.replace(what, instead));
      RestoreRequest request = key.request(name);
      BackendFailure failure =
          other.failureOf(
              () ->
                  other.backend.restore(
                      request, KeyVaults.call(request.operationId(), other.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(other.requests()).doesNotContain("ImportKey");
    }
  }

  @Test
  void isOfNoUseToTheVault_ifItWasMadeForAnotherKey() throws BackendFailure {
    try (AzureBench other = new AzureBench();
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      String modulus =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(
                  other
                      .bySdk(
                          keys -> keys.createRsaKey(new CreateRsaKeyOptions("x").setKeySize(3072)))
                      .getKey()
                      .getN());
      other.rewrite(
          "CreateKey", body -> body.replaceAll("\"n\":\"[^\"]*\"", "\"n\":\"" + modulus + "\""));
      RestoreRequest request = key.request(name);
      BackendFailure failure =
          other.failureOf(
              () ->
                  other.backend.restore(
                      request, KeyVaults.call(request.operationId(), other.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(other.failureOf(() -> other.backend.load(name, other.call())).code())
          .isEqualTo(FailureCode.NOT_FOUND);
    }
  }

  @Test
  void isRefusedByTheVault_ifItWasDamagedOnItsWay() {
    bench.meddle(
        "ImportKey",
        (request, service) -> {
          String body = new String(request.body(), StandardCharsets.UTF_8);
          Matcher found = BLOB.matcher(body);
          assertThat(found.find()).isTrue();
          String blob =
              new String(Base64.getUrlDecoder().decode(found.group(1)), StandardCharsets.UTF_8);
          int at = blob.indexOf("\"ciphertext\":\"") + 700;
          String damaged =
              blob.substring(0, at) + (blob.charAt(at) == 'A' ? 'B' : 'A') + blob.substring(at + 1);
          return Delivery.answer(
              service.handle(
                  request.withBody(
                      found
                          .replaceFirst(
                              "\"key_hsm\":\""
                                  + Base64.getUrlEncoder()
                                      .withoutPadding()
                                      .encodeToString(damaged.getBytes(StandardCharsets.UTF_8))
                                  + "\"")
                          .getBytes(StandardCharsets.UTF_8))));
        });
    assertThat(failure().code()).isEqualTo(FailureCode.REJECTED);
    assertThat(bench.failureOf(() -> bench.backend.load(name, bench.call())).code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void needsTheExchangeKeysName_andSaysSo() {
    try (AzureBench other = new AzureBench();
        Outside key = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      other.bySdk(
          keys -> {
            keys.createRsaKey(new CreateRsaKeyOptions(AzureImports.EXCHANGE_KEY));
            return keys.beginDeleteKey(AzureImports.EXCHANGE_KEY).poll();
          });
      RestoreRequest request = key.request(name);
      BackendFailure failure =
          other.failureOf(
              () ->
                  other.backend.restore(
                      request, KeyVaults.call(request.operationId(), other.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(failure).hasMessageContaining("Recover or purge it");
    }
  }
}
