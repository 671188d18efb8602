package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import dev.enclave.emulators.wire.ServiceResponse;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateKeyResponse;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsInternalException;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

class InterceptorTest {

  @Test
  void journalsEachRequest_underTheIdOfItsAnswer() {
    try (AwsKmsServer server = AwsKmsServer.builder().start();
        KmsClient kms = Clients.kms(server)) {
      CreateKeyResponse answer = kms.createKey();

      assertThat(server.journal().entries())
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.requestId()).isEqualTo(answer.responseMetadata().requestId());
                assertThat(entry.operation()).isEqualTo("CreateKey");
                assertThat(entry.keyId()).hasValue(answer.keyMetadata().keyId());
                assertThat(entry.status()).isEqualTo(200);
                assertThat(entry.error()).isEmpty();
                assertThat(entry.fate()).isEqualTo(Fate.ANSWERED);
                assertThat(entry.applied()).isTrue();
              });
    }
  }

  @Test
  void keepsTheLastEntries_whenBounded() {
    try (AwsKmsServer server = AwsKmsServer.builder().journal(Journal.ofLast(2)).start();
        KmsClient kms = Clients.kms(server)) {
      kms.createKey();
      kms.listKeys();
      kms.listAliases();

      assertThat(server.journal().entries())
          .extracting(JournalEntry::operation)
          .containsExactly("ListKeys", "ListAliases");
      assertThat(server.journal().recorded()).isEqualTo(3);
    }
  }

  /** Signatures of requests are over them, with the client's capitals. */
  @Test
  void seesHeadersAsTheyWereSent() throws Exception {
    List<Optional<String>> seen = new ArrayList<>();
    Interceptor interceptor =
        (request, service) -> {
          seen.add(request.header("Content-Type"));
          seen.add(request.header("Accept-Encoding"));
          return Delivery.answer(service.handle(request));
        };
    try (AwsKmsServer server = AwsKmsServer.builder().interceptor(interceptor).start()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.endpoint())
              .header("Content-Type", "text/HTML")
              .header("Accept-Encoding", "GZIP")
              .build();
      HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    }
    assertThat(seen).containsExactly(Optional.of("text/HTML"), Optional.of("GZIP"));
  }

  @Test
  void resets_beforeTheRequestIsApplied() {
    try (AwsKmsServer server = intercepting("CreateKey", (request, service) -> Delivery.reset());
        KmsClient kms = Clients.kms(server)) {
      assertThatThrownBy(kms::createKey)
          .isInstanceOf(SdkClientException.class)
          .hasRootCauseInstanceOf(SocketException.class);

      assertFate(server, Fate.RESET, false);
      assertThat(kms.listKeys().keys()).isEmpty();
    }
  }

  @Test
  void resets_afterTheRequestWasApplied() {
    try (AwsKmsServer server =
            intercepting(
                "CreateKey",
                (request, service) -> {
                  service.handle(request);
                  return Delivery.reset();
                });
        KmsClient kms = Clients.kms(server)) {
      assertThatThrownBy(kms::createKey).isInstanceOf(SdkClientException.class);

      assertFate(server, Fate.RESET, true);
      assertThat(kms.listKeys().keys()).hasSize(1);
    }
  }

  @Test
  void cutsTheBodyOff() {
    try (AwsKmsServer server =
            intercepting(
                "CreateKey",
                (request, service) -> Delivery.truncated(service.handle(request), 40));
        KmsClient kms = Clients.kms(server)) {
      assertThatThrownBy(kms::createKey).isInstanceOf(SdkClientException.class);

      assertFate(server, Fate.TRUNCATED, true);
    }
  }

  @Test
  void answersAnErrorOfItsOwn_withoutAskingTheService() {
    byte[] body = "{\"__type\":\"KMSInternalException\"}".getBytes(StandardCharsets.UTF_8);
    try (AwsKmsServer server =
            intercepting(
                "CreateKey",
                (request, service) ->
                    Delivery.answer(
                        ServiceResponse.of(500, body)
                            .withHeader("x-amzn-RequestId", request.id())
                            .failedWith("KMSInternalException")));
        KmsClient kms = Clients.kms(server)) {
      assertThatThrownBy(kms::createKey).isInstanceOf(KmsInternalException.class);

      assertThat(server.journal().of("CreateKey").get(0).error()).hasValue("KMSInternalException");
      assertFate(server, Fate.ANSWERED, false);
    }
  }

  @Test
  void appliesLater() {
    try (AwsKmsServer server =
            intercepting(
                "CreateKey",
                (request, service) ->
                    Delivery.after(
                        Duration.ofMillis(1), () -> Delivery.answer(service.handle(request))));
        KmsClient kms = Clients.kms(server)) {
      assertThat(kms.createKey().keyMetadata().keyId()).isNotEmpty();
    }
  }

  @Test
  void asksTheInterceptor_afterTheLatency() {
    try (AwsKmsServer server =
            AwsKmsServer.builder()
                .latency(Duration.ofMillis(1))
                .interceptor((request, service) -> Delivery.reset())
                .start();
        KmsClient kms = Clients.kms(server)) {
      assertThatThrownBy(kms::createKey).isInstanceOf(SdkClientException.class);

      assertFate(server, Fate.RESET, false);
    }
  }

  /** What a fault injector needs: an answer that nobody could have signed a request for. */
  @Test
  void asksForSomethingElse_underTheAuthorityOfTheRequest() {
    AtomicReference<String> other = new AtomicReference<>("");
    try (AwsKmsServer server =
            intercepting(
                "Sign",
                (request, service) -> {
                  String body = new String(request.body(), StandardCharsets.UTF_8);
                  String altered =
                      body.replaceAll("\"KeyId\":\"[^\"]+\"", "\"KeyId\":\"" + other + "\"");
                  return Delivery.answer(
                      service.handle(request.withBody(altered.getBytes(StandardCharsets.UTF_8))));
                });
        KmsClient kms = Clients.kms(server)) {
      String asked = signingKey(kms);
      other.set(signingKey(kms));

      SignResponse answer =
          kms.sign(
              sign ->
                  sign.keyId(asked)
                      .message(SdkBytes.fromUtf8String("m"))
                      .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));

      assertThat(answer.keyId()).endsWith(other.get());
    }
  }

  private static String signingKey(KmsClient kms) {
    return kms.createKey(
            create -> create.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
        .keyMetadata()
        .keyId();
  }

  private static void assertFate(AwsKmsServer server, Fate fate, boolean applied) {
    assertThat(server.journal().of("CreateKey"))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.fate()).isEqualTo(fate);
              assertThat(entry.applied()).isEqualTo(applied);
            });
  }

  private static AwsKmsServer intercepting(String operation, Interceptor interceptor) {
    return AwsKmsServer.builder()
        .interceptor(
            (request, service) ->
                request.operation().equals(operation)
                    ? interceptor.intercept(request, service)
                    : Interceptor.NONE.intercept(request, service))
        .start();
  }
}
