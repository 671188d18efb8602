package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Requests that no SDK would send, by a plain HTTP client. */
class ProtocolTest {

  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void refusesARequest_thatNobodySigned() throws Exception {
    HttpResponse<String> answer = client.send(unsigned("ListKeys"), BodyHandlers.ofString());

    assertError(answer, 400, "MissingAuthenticationTokenException");
    assertThat(answer.body())
        .isEqualTo(
            "{\"__type\":\"MissingAuthenticationTokenException\",\"message\":\"Missing"
                + " Authentication Token\"}");
  }

  @Test
  void refusesASignature_thatLacksAPart() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(unsigned("ListKeys"), (name, value) -> true)
            .header("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/kms")
            .build();

    assertError(client.send(request, BodyHandlers.ofString()), 400, "IncompleteSignatureException");
  }

  @Test
  void refusesAnOperation_thatDoesNotExist() throws Exception {
    assertError(call("Frobnicate", "{}"), 400, "UnknownOperationException");
  }

  @Test
  void refusesAnOperation_thatIsNotServed_byAnotherName() throws Exception {
    assertError(call("CreateGrant", "{}"), 400, "UnsupportedOperationException");
  }

  @Test
  void refusesWhatIsNotJson() throws Exception {
    assertError(call("ListKeys", "{\"Limit\":"), 400, "SerializationException");
    assertError(call("ListKeys", "[]"), 400, "SerializationException");
  }

  @Test
  void refusesMembers_ofAnotherType() throws Exception {
    assertError(call("ListKeys", "{\"Limit\":\"ten\"}"), 400, "SerializationException");
    assertError(call("DescribeKey", "{\"KeyId\":7}"), 400, "SerializationException");
  }

  @Test
  void namesEveryBrokenConstraint() throws Exception {
    HttpResponse<String> answer = call("Sign", "{\"SigningAlgorithm\":\"ROT13\"}");

    assertError(answer, 400, "ValidationException");
    assertThat(answer.body())
        .contains("3 validation errors detected: ")
        .contains("Value null at 'keyId' failed to satisfy constraint: Member must not be null")
        .contains("Value null at 'message'")
        .contains(
            "Value 'ROT13' at 'signingAlgorithm' failed to satisfy constraint: Member must"
                + " satisfy enum value set: [");
  }

  @Test
  void ignoresMembers_thatItDoesNotKnow() throws Exception {
    HttpResponse<String> answer = call("ListKeys", "{\"Future\":{\"a\":[1,null]}}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"Keys\":[],\"Truncated\":false}");
  }

  @Test
  void answersNothing_whereThereIsNoOutput() throws Exception {
    String created = call("CreateKey", "{}").body();
    String keyId = created.replaceAll(".*\"KeyId\":\"([^\"]+)\".*", "$1");

    HttpResponse<String> answer = call("DisableKey", "{\"KeyId\":\"" + keyId + "\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void refusesABody_thatWasChangedAfterSigning() throws Exception {
    HttpRequest signed = signed("ListKeys", "{\"Limit\":1}");
    HttpRequest changed =
        HttpRequest.newBuilder(signed, (name, value) -> true)
            .POST(HttpRequest.BodyPublishers.ofString("{\"Limit\":2}"))
            .build();

    assertError(client.send(changed, BodyHandlers.ofString()), 400, "InvalidSignatureException");
  }

  private static void assertError(HttpResponse<String> answer, int status, String name) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("x-amzn-ErrorType")).hasValue(name);
    assertThat(answer.headers().firstValue("x-amzn-RequestId")).isPresent();
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-amz-json-1.1");
    assertThat(answer.body()).contains("\"__type\":\"" + name + "\"");
  }

  private HttpResponse<String> call(String operation, String body) throws Exception {
    return client.send(signed(operation, body), BodyHandlers.ofString());
  }

  private HttpRequest unsigned(String operation) {
    return HttpRequest.newBuilder(server.endpoint().resolve("/"))
        .header("X-Amz-Target", "TrentService." + operation)
        .header("Content-Type", "application/x-amz-json-1.1")
        .POST(HttpRequest.BodyPublishers.ofString("{}"))
        .build();
  }

  /** Signed by the SDK's signer alone, so that the body may be anything. */
  private HttpRequest signed(String operation, String body) {
    URI uri = server.endpoint().resolve("/");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    AwsCredentials credentials = server.credentials();
    SdkHttpRequest request =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(
                            AwsCredentialsIdentity.create(
                                credentials.accessKeyId(), credentials.secretAccessKey()))
                        .request(
                            SdkHttpRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(uri)
                                .putHeader("X-Amz-Target", "TrentService." + operation)
                                .putHeader("Content-Type", "application/x-amz-json-1.1")
                                .build())
                        .payload(
                            ContentStreamProvider.fromInputStream(new ByteArrayInputStream(bytes)))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "kms")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, server.region()))
            .request();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    for (Map.Entry<String, java.util.List<String>> header : request.headers().entrySet()) {
      if (!header.getKey().equalsIgnoreCase("host")) {
        header.getValue().forEach(value -> builder.header(header.getKey(), value));
      }
    }
    return builder.build();
  }
}
