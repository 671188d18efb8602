package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.RawSignature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A signature is the vault's, by the version asked for; anything else is told in our words. */
class AzureSigningTest {

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void signsByOneRequest_andNothingElseIsAsked() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.server.journal().clear();
    RawSignature signature = sign(key);
    assertThat(bench.requests()).containsExactly("Sign");
    assertThat(signature.encoding()).isEqualTo(SignatureEncoding.P1363);
    assertThat(signature.value().size()).isEqualTo(64);
  }

  @Test
  void tellsTheVaultsRequestId_andSendsTheOperationsOwn() throws BackendFailure {
    KeySnapshot key = bench.create();
    List<String> told = new ArrayList<>();
    List<String> sent = new ArrayList<>();
    bench.meddle(
        "Sign",
        (request, service) -> {
          sent.add(request.header("x-ms-client-request-id").orElse(""));
          return dev.enclave.emulators.wire.Delivery.answer(service.handle(request));
        });
    String operation = UUID.randomUUID().toString();
    RawSignature signature =
        bench.backend.sign(
            key.ref(key.versions().get(0)),
            AzureBench.DIGEST,
            CallContext.of(
                operation,
                1,
                Deadline.in(Duration.ofSeconds(30), bench.clock),
                bench.clock,
                told::add));
    assertThat(told).isNotEmpty().contains(signature.providerRequestId().orElseThrow());
    assertThat(sent).isNotEmpty().containsOnly(operation);
  }

  @Test
  void refusesWholeMessages() throws BackendFailure {
    KeySnapshot key = bench.create();
    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.sign(
                    key.ref(key.versions().get(0)), Message.ofUtf8("pay 10"), bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("no messages and digests of its own hash");
  }

  @Test
  void refusesEd25519_withTheReasonAndWhatToTakeInstead() {
    BackendFailure failure =
        bench.failureOf(() -> bench.create(AzureBench.NAME, SigningAlgorithm.ED25519));
    assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(failure)
        .hasMessageContaining("no Edwards curves")
        .hasMessageContaining("ECDSA_P256_SHA256")
        .hasMessageContaining("aws-kms")
        .hasMessageNotContaining("gcp-kms");
    assertThat(bench.requests()).isEmpty();
  }

  @Test
  void withholdsASignature_thatAnotherKeyMade() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.rewrite("Sign", body -> body.replace("/keys/enclave-wallet/", "/keys/enclave-other/"));
    BackendFailure failure = bench.failureOf(() -> sign(key));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("did not say that the key asked for signed");
  }

  @Test
  void namesTheVersionThatTheAnswerNames_notTheOneAskedFor() throws BackendFailure {
    KeySnapshot key = bench.create();
    String other = "0".repeat(32);
    bench.rewrite("Sign", body -> body.replace(key.versions().get(0).id().value(), other));
    assertThat(sign(key).version().value()).isEqualTo(other);
  }

  @Test
  void refusesAVersion_thatIsNoneOfAVault_andDoesNotRepeatIt() throws BackendFailure {
    KeySnapshot key = bench.create();
    String anything = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
    bench.rewrite(
        "GetKeyVersions", body -> body.replace(key.versions().get(0).id().value(), anything));

    BackendFailure failure = bench.failureOf(() -> bench.backend.load(key.name(), bench.call()));

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("is no version of it");
    assertThat(failure).hasMessageNotContaining(anything);
  }

  @Test
  void withholdsASignature_thatIsTooShort() throws BackendFailure {
    KeySnapshot key = bench.create();
    String half = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    bench.rewrite(
        "Sign", body -> body.replaceFirst("\"value\":\"[^\"]*\"", "\"value\":\"" + half + "\""));
    BackendFailure failure = bench.failureOf(() -> sign(key));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("not as long as a signature");
  }

  @Test
  void reportsASoftwareKey_thatAVaultMadeSilently() throws BackendFailure {
    bench.rewrite("CreateKey", AzureSigningTest::inSoftware);
    bench.rewrite("GetKey", AzureSigningTest::inSoftware);
    KeySnapshot key = bench.create();
    assertThat(key.versions())
        .extracting(KeyVersion::assurance)
        .containsExactly(Assurance.SOFTWARE);
  }

  private static String inSoftware(String body) {
    return body.replace("\"EC-HSM\"", "\"EC\"")
        .replace("\"hsmPlatform\":\"2\"", "\"hsmPlatform\":\"0\"");
  }

  @Test
  void doesNotCallAVersionHsm_whosePlatformIsSoftware() throws BackendFailure {
    bench.rewrite(
        "CreateKey", body -> body.replace("\"hsmPlatform\":\"2\"", "\"hsmPlatform\":\"0\""));
    assertThat(bench.create().versions().get(0).assurance()).isEqualTo(Assurance.SOFTWARE);
  }

  @Test
  void takesTheTypesWord_whereNoPlatformIsNamed() throws BackendFailure {
    bench.rewrite("CreateKey", body -> body.replace("\"hsmPlatform\":\"2\"", "\"x\":\"2\""));
    // Who answers there is believed, as settings say.
    assertThat(bench.create().versions().get(0).assurance()).isEqualTo(Assurance.HSM);
  }

  @Test
  void waitsAsLongAsTheVaultAsks_whenItThrottles() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.refuse(
        "Sign",
        429,
        "{\"error\":{\"code\":\"Throttled\",\"message\":\"secret words\"}}",
        Map.of("Retry-After", "7"));
    BackendFailure failure = bench.failureOf(() -> sign(key));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
    assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(failure).hasMessageNotContaining("secret").hasNoCause();
  }

  @Test
  void saysThatClocksDiffer_whenATokenIsRefusedAndTheyDo() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.refuse(
        "Sign",
        401,
        "{\"error\":{\"code\":\"Unauthorized\",\"message\":\"AKV10025\"}}",
        Map.of(
            "Date", "Thu, 01 Jan 2026 02:00:00 GMT",
            "WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/x\""));
    BackendFailure failure = bench.failureOf(() -> sign(key));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("Set this machine's by NTP");
  }

  @Test
  void saysWhen_aVersionIsNotValidYetOrHasExpired() throws BackendFailure {
    KeySnapshot key = bench.create();
    for (Map.Entry<String, String> inner :
        Map.of("KeyNotYetValid", "not valid yet", "KeyExpired", "has expired").entrySet()) {
      bench.refuse(
          "Sign",
          403,
          "{\"error\":{\"code\":\"Forbidden\",\"message\":\"x\",\"innererror\":{\"code\":\""
              + inner.getKey()
              + "\"}}}",
          Map.of());
      BackendFailure failure = bench.failureOf(() -> sign(key));
      assertThat(failure.code()).isEqualTo(FailureCode.INVALID_STATE);
      assertThat(failure).hasMessageContaining(inner.getValue());
    }
  }

  @Test
  void doesNotFollow_whereAnotherHostIsNamedForTheNextPage() throws BackendFailure {
    bench.create();
    bench.rewrite(
        "GetKeys",
        body ->
            body.replaceFirst(
                "\\}\\s*$", ",\"nextLink\":\"https://evil.example/keys?api-version=7.6\"}"));
    BackendFailure failure = bench.failureOf(() -> bench.backend.list(bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("no token goes there");
  }

  private RawSignature sign(KeySnapshot key) throws BackendFailure {
    return bench.backend.sign(
        key.ref(key.active().orElse(key.versions().get(0))), AzureBench.DIGEST, bench.call());
  }
}
