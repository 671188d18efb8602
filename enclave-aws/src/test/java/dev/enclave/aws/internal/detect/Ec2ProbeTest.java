package dev.enclave.aws.internal.detect;

import static dev.enclave.testkit.FakeMetadata.SILENT;
import static dev.enclave.testkit.FakeMetadata.answer;
import static dev.enclave.testkit.FakeMetadata.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import dev.enclave.testkit.cloud.DetectorRows;
import java.util.List;
import org.junit.jupiter.api.Test;

final class Ec2ProbeTest {

  private static final EnvironmentDetector VM = DetectorRows.detector(new AwsDetectors(), "aws-vm");

  private final FakeMetadata metadata = new FakeMetadata();

  private static final String DOCUMENT =
      "{\"accountId\" : \"123456789012\", \"instanceId\" : \"i-0123456789abcdef0\", \"region\" : \"eu-west-1\"}";

  @Test
  void recognisesEc2_byATokenAndTheIdentityDocument() {
    assertThat(
            ask(
                request ->
                    ok(request.method() == MetadataRequest.Method.PUT ? "dG9rZW4=" : DOCUMENT)))
        .isEqualTo(Detection.present("EC2's identity document names region eu-west-1"));
    assertThat(metadata.requests())
        .containsExactly(
            MetadataRequest.put("http://169.254.169.254/latest/api/token")
                .header("X-aws-ec2-metadata-token-ttl-seconds", "60"),
            MetadataRequest.get("http://169.254.169.254/latest/dynamic/instance-identity/document")
                .header("X-aws-ec2-metadata-token", "dG9rZW4="));
  }

  @Test
  void asksByIpv6_whereIpv4IsSilent() {
    assertThat(
            ask(
                request ->
                    request.uri().getHost().equals("[fd00:ec2::254]")
                        ? ok(request.method() == MetadataRequest.Method.PUT ? "t" : DOCUMENT)
                        : SILENT))
        .isInstanceOf(Detection.Present.class);
  }

  @Test
  void silenceIsAbsence() {
    assertThat(ask(request -> SILENT)).isEqualTo(new Detection.Absent("EC2: nobody listens"));
  }

  @Test
  void anotherCloudsRefusalIsAbsence_andNoOldVersionIsTried() {
    assertThat(ask(request -> answer(405, "")))
        .isEqualTo(new Detection.Absent("EC2: HTTP 405 for a session token"));
    assertThat(metadata.requests()).hasSize(1);
  }

  @Test
  void sendsNoGarbageBackAsAToken() {
    assertThat(ask(request -> ok("x\r\nHost: evil"))).isInstanceOf(Detection.Inconclusive.class);
    assertThat(ask(request -> ok(""))).isInstanceOf(Detection.Inconclusive.class);
    assertThat(metadata.requests()).hasSize(2);
  }

  @Test
  void aTokenWithoutADocumentIsInconclusive() {
    for (MetadataAnswer document :
        List.of(
            SILENT, ok("<html>"), answer(302, DOCUMENT), ok("{\"instanceId\":\"i-01234567\"}"))) {
      assertThat(
              ask(request -> request.method() == MetadataRequest.Method.PUT ? ok("t") : document))
          .isInstanceOf(Detection.Inconclusive.class);
    }
  }

  @Test
  void isNotAsked_whereTheSdkMayNotAskEither() {
    assertThat(VM.probe(FakeEnvironment.empty().withVariable("AWS_EC2_METADATA_DISABLED", "TRUE")))
        .isEmpty();
    assertThat(VM.probe(FakeEnvironment.empty())).isPresent();
  }

  private Detection ask(MetadataService service) {
    return VM.probe(FakeEnvironment.empty()).orElseThrow().ask(metadata.answering(service));
  }
}
