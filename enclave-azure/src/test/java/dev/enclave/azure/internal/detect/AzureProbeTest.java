package dev.enclave.azure.internal.detect;

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

final class AzureProbeTest {

  private static final EnvironmentDetector VM =
      DetectorRows.detector(new AzureDetectors(), "azure-vm");

  private final FakeMetadata metadata = new FakeMetadata();

  private static final String DOCUMENT = "{\"compute\":{\"azEnvironment\":\"AzurePublicCloud\"}}";

  @Test
  void recognisesAzure_byItsInstanceDocument() {
    assertThat(ask(request -> ok(DOCUMENT, "content-type", "application/json; charset=utf-8")))
        .isEqualTo(Detection.present("Azure's instance document names AzurePublicCloud"));
    assertThat(metadata.requests())
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
    assertThat(VM.probe(FakeEnvironment.empty())).isPresent();
  }

  private Detection ask(MetadataService service) {
    return VM.probe(FakeEnvironment.empty()).orElseThrow().ask(metadata.answering(service));
  }
}
