package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.credentials.CredentialExchange;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Asks container agents: those at link-local addresses as the metadata service is asked, others
 * over the network. Thread-safe.
 */
final class ContainerExchange implements CredentialExchange, AutoCloseable {

  private static final int LONGEST_BODY = 64 * 1024;
  private static final Duration CONNECTING = Duration.ofSeconds(1);
  private static final Duration WAITING = Duration.ofSeconds(2);
  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final int CONNECTIONS = 2;

  private final SdkHttpClient client = AwsClients.http(CONNECTIONS, CONNECTING, WAITING);
  private final MetadataService linkLocal;
  private final TimeSource time;

  ContainerExchange(MetadataService linkLocal, TimeSource time) {
    this.linkLocal = linkLocal;
    this.time = time;
  }

  @Override
  public MetadataAnswer get(URI endpoint, Map<String, String> headers) {
    MetadataRequest request;
    try {
      request = new MetadataRequest(MetadataRequest.Method.GET, endpoint, headers);
    } catch (IllegalArgumentException e) {
      return overTheNetwork(endpoint, headers);
    }
    return linkLocal.send(request);
  }

  private MetadataAnswer overTheNetwork(URI endpoint, Map<String, String> headers) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(endpoint);
    headers.forEach(request::putHeader);
    request.putHeader("Accept", "application/json");
    ExecutableHttpRequest exchange =
        client.prepareRequest(HttpExecuteRequest.builder().request(request.build()).build());
    try {
      HttpExecuteResponse response = exchange.call();
      String body = response.responseBody().isPresent() ? text(response.responseBody().get()) : "";
      return new MetadataAnswer.Answered(response.httpResponse().statusCode(), Map.of(), body);
    } catch (TooMuch e) {
      return new MetadataAnswer.Silent(TooMuch.OBSERVED);
    } catch (IOException e) {
      return new MetadataAnswer.Silent("the exchange failed with " + e.getClass().getSimpleName());
    }
  }

  private String text(AbortableInputStream body) throws IOException {
    long end = time.nanoTime() + WITHIN.toNanos();
    byte[] octets = new byte[LONGEST_BODY + 1];
    int length = 0;
    try (InputStream stream = body) {
      int count = 0;
      while (count >= 0 && length < octets.length && time.nanoTime() - end < 0) {
        length += count;
        count = stream.read(octets, length, octets.length - length);
      }
      if (count >= 0) {
        // Reading on to keep the connection would be endless.
        body.abort();
        throw new TooMuch();
      }
    }
    return new String(octets, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }

  private static final class TooMuch extends IOException {

    private static final long serialVersionUID = 1L;
    private static final String OBSERVED =
        "the answer is longer than " + LONGEST_BODY + " octets, or endless";

    TooMuch() {
      super(OBSERVED);
    }
  }
}
