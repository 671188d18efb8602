package dev.enclave.azure.internal;

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

final class AzureProbeTest {

  private static final MetadataAnswer SILENT = new MetadataAnswer.Silent("nobody listens");

  private final List<MetadataRequest> requests = new ArrayList<>();

  private static final String DOCUMENT = "{\"compute\":{\"azEnvironment\":\"AzurePublicCloud\"}}";

  @Test
  void recognisesAzure_byItsInstanceDocument() {
    assertThat(ask(request -> ok(DOCUMENT, "content-type", "application/json; charset=utf-8")))
        .isEqualTo(Detection.present("Azure's instance document names AzurePublicCloud"));
    assertThat(requests)
        .containsExactly(
            MetadataRequest.get("http://169.254.169.254/metadata/instance?api-version=2021-02-01")
                .header("Metadata", "true"));
  }

  @Test
  void silenceAndRefusalAreAbsence() {
    assertThat(ask(request -> SILENT)).isEqualTo(new Detection.Absent("Azure: nobody listens"));
    assertThat(ask(request -> answer(302, DOCUMENT, "Content-Type", "application/json")))
        .isEqualTo(new Detection.Absent("Azure: HTTP 302 for the instance"));
  }

  @Test
  void anythingElseIsInconclusive() {
    assertThat(ask(request -> ok(DOCUMENT))).isInstanceOf(Detection.Inconclusive.class);
    assertThat(ask(request -> ok("{}", "Content-Type", "application/json")))
        .isInstanceOf(Detection.Inconclusive.class);
  }

  @Test
  void isAskedOfEveryMachine() {
    assertThat(new AzureVmDetector().probe(FakeEnvironment.empty())).isPresent();
  }

  private Detection ask(MetadataService service) {
    return new AzureProbe()
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
