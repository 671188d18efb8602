package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.Detection;
import dev.enclave.spi.MetadataAnswer;
import dev.enclave.spi.MetadataRequest;
import dev.enclave.spi.MetadataService;
import dev.enclave.testkit.FakeEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GceProbeTest {

  private static final MetadataAnswer SILENT = new MetadataAnswer.Silent("nobody listens");

  private final List<MetadataRequest> requests = new ArrayList<>();

  private static final String FLAVOR = "metadata-flavor";

  @Test
  void recognisesComputeEngine_byItsHeaderAndAnInstanceId() {
    assertThat(ask(request -> ok("4520031799277581759", FLAVOR, "Google")))
        .isEqualTo(Detection.present("an instance id came with Metadata-Flavor: Google"));
    assertThat(requests)
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
    assertThat(
            new GcpVmDetector().probe(FakeEnvironment.empty().withVariable("NO_GCE_CHECK", "true")))
        .isEmpty();
    assertThat(
            new GcpVmDetector()
                .probe(FakeEnvironment.empty().withVariable("GCE_METADATA_HOST", "x")))
        .isPresent();
  }

  private Detection ask(MetadataService service) {
    return new GceProbe()
        .ask(
            request -> {
              requests.add(request);
              return service.send(request);
            });
  }

  private static MetadataAnswer ok(String body, String... header) {
    return answer(200, body, header);
  }

  private static MetadataAnswer answer(int status, String body, String... header) {
    return new MetadataAnswer.Answered(
        status, header.length == 0 ? Map.of() : Map.of(header[0], header[1]), body);
  }
}
