package dev.enclave.core.internal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.environment.ProcessEnvironment.HttpMetadataService;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is asked, and what of the answer is told; {@code BoundedHttpTest} has the network. */
final class HttpMetadataServiceTest {

  private final List<HttpRequest> sent = new ArrayList<>();
  private HttpAnswer answer = HttpAnswer.Answered.of(200, "x");
  private final HttpMetadataService service =
      new HttpMetadataService(
          (request, within) -> {
            sent.add(request);
            assertThat(within).isEqualTo(Duration.ofSeconds(1));
            return answer;
          });

  @Test
  void takesAWholeAnswer_withHeaderInAnyCase() {
    answer =
        new HttpAnswer.Answered(
            200,
            Map.of("metadata-flavor", List.of("Google", "other")),
            "hi".getBytes(StandardCharsets.UTF_8));
    MetadataAnswer.Answered told =
        (MetadataAnswer.Answered)
            service.send(MetadataRequest.get("http://169.254.169.254/latest?x=1"));

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.header("Metadata-Flavor")).contains("Google");
    assertThat(told.body()).isEqualTo("hi");
    assertThat(sent)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.method()).isEqualTo("GET");
              assertThat(request.uri()).isEqualTo(URI.create("http://169.254.169.254/latest?x=1"));
            });
  }

  @Test
  void sendsThePutThatEc2Wants() {
    service.send(
        MetadataRequest.put("http://169.254.169.254/latest/api/token")
            .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));

    assertThat(sent)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.method()).isEqualTo("PUT");
              assertThat(request.bodyPublisher().orElseThrow().contentLength()).isZero();
              assertThat(request.headers().firstValue("X-aws-ec2-metadata-token-ttl-seconds"))
                  .contains("60");
            });
  }

  @Test
  void tellsWhyThereIsNoAnswer() {
    answer = new HttpAnswer.Silent(HttpAnswer.Kind.NOT_SENT, "nobody listens there");
    assertThat(service.send(MetadataRequest.get("http://169.254.169.254/")))
        .isEqualTo(new MetadataAnswer.Silent("nobody listens there"));
  }
}
