package dev.enclave.gcp.internal;

import static dev.enclave.testkit.FakeMetadata.SILENT;
import static dev.enclave.testkit.FakeMetadata.answer;
import static dev.enclave.testkit.FakeMetadata.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import dev.enclave.testkit.cloud.DetectorRows;
import org.junit.jupiter.api.Test;

final class GceProbeTest {

  private static final EnvironmentDetector VM = DetectorRows.detector(new GcpDetectors(), "gcp-vm");

  private final FakeMetadata metadata = new FakeMetadata();

  private static final String FLAVOR = "metadata-flavor";

  @Test
  void recognisesComputeEngine_byItsHeaderAndAnInstanceId() {
    assertThat(ask(request -> ok("4520031799277581759", FLAVOR, "Google")))
        .isEqualTo(Detection.present("an instance id came with Metadata-Flavor: Google"));
    assertThat(metadata.requests())
        .containsExactly(
            MetadataRequest.get("http://169.254.169.254/computeMetadata/v1/instance/id")
                .header("Metadata-Flavor", "Google"));
  }

  @Test
  void asksByIpv6_whereIpv4IsSilent() {
    assertThat(
            ask(
                request ->
                    request.uri().getHost().equals("[fd20:ce::254]")
                        ? ok("1", FLAVOR, "Google")
                        : SILENT))
        .isInstanceOf(Detection.Present.class);
  }

  @Test
  void silenceIsAbsence() {
    assertThat(ask(request -> SILENT))
        .isEqualTo(new Detection.Absent("Compute Engine: nobody listens"));
  }

  @Test
  void anAnswerWithoutTheHeaderIsSomebodyElses() {
    assertThat(ask(request -> ok("1"))).isInstanceOf(Detection.Absent.class);
    assertThat(ask(request -> ok("1", FLAVOR, "google"))).isInstanceOf(Detection.Absent.class);
  }

  @Test
  void theHeaderWithoutAnIdIsInconclusive() {
    assertThat(ask(request -> ok("<html>", FLAVOR, "Google")))
        .isInstanceOf(Detection.Inconclusive.class);
    assertThat(ask(request -> answer(302, "1", FLAVOR, "Google")))
        .isInstanceOf(Detection.Inconclusive.class);
  }

  @Test
  void isNotAsked_whereGooglesLibrariesMayNotAskEither() {
    assertThat(VM.probe(FakeEnvironment.empty().withVariable("NO_GCE_CHECK", "true"))).isEmpty();
    assertThat(VM.probe(FakeEnvironment.empty().withVariable("GCE_METADATA_HOST", "x")))
        .isPresent();
  }

  private Detection ask(MetadataService service) {
    return VM.probe(FakeEnvironment.empty()).orElseThrow().ask(metadata.answering(service));
  }
}
