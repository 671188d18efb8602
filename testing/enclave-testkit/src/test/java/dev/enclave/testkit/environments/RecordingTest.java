package dev.enclave.testkit.environments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordingTest {

  private static final String MINIMAL =
      """
      description = A machine
      source.1 = nobody
      common = false
      metadata.otherwise = unreachable
      expect.environment = PRODUCTION
      expect.backend = aws-kms
      """;

  @Test
  void namesEveryFile() throws Exception {
    assertThat(Recording.names())
        .containsExactlyElementsOf(files())
        .isSorted()
        .hasSizeGreaterThanOrEqualTo(60);
  }

  private static Iterable<String> files() throws IOException {
    Path directory =
        Path.of(System.getProperty("basedir", ""))
            .resolve("src/main/resources/dev/enclave/testkit/environments");
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".properties"))
          .map(file -> file.substring(0, file.length() - ".properties".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.testkit.environments.Recording#all")
  void saysWhereItsFactsAreFrom(Recording recording) {
    assertThat(recording.sources()).isNotEmpty();
    assertThat(recording.description()).isNotBlank();
    assertThat(recording.snapshot().property("os.name")).isPresent();
  }

  /** The corpus is to show that nobody needs to. */
  @ParameterizedTest
  @MethodSource("dev.enclave.testkit.environments.Recording#all")
  void choosesNoBackendByItsSettings(Recording recording) {
    assertThat(recording.settings()).doesNotContainKeys("enclave.backend", "enclave.precedence");
  }

  @Test
  void namesTheNearest_whenTheNameIsUnknown() {
    assertThatThrownBy(() -> Recording.named("aws-fargat"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"aws-fargat\"")
        .hasMessageContaining("\"aws-fargate\"");
  }

  @Test
  void refusesAFactThatStandsForNothing() {
    assertThatThrownBy(() -> RecordingReader.read("x", MINIMAL + "varible.CI = true\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("varible.CI");
  }

  @Test
  void refusesAFactThatStandsTwice() {
    assertThatThrownBy(() -> RecordingReader.read("x", MINIMAL + "common = true\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("common twice");
  }

  @Test
  void refusesToExpectNothing() {
    assertThatThrownBy(
            () -> RecordingReader.read("x", MINIMAL.replace("expect.backend = aws-kms\n", "")))
        .hasMessageContaining("either a backend is chosen or there is a refusal");
  }

  @Test
  void refusesAnExchangeItDoesNotUnderstand() {
    assertThatThrownBy(
            () ->
                RecordingReader.read(
                    "x",
                    MINIMAL
                        + """
                          metadata.1.request = GET /
                          metadata.1.status = 200
                          metadata.1.heading.Server = x
                          """))
        .hasMessageContaining("heading.Server");
  }

  @Test
  void readsWhatMustComeOfIt() {
    Recording read = RecordingReader.read("x", MINIMAL + "expect.present = a, b\n");
    assertThat(read.expected().backend()).contains(BackendId.AWS_KMS);
    assertThat(read.expected().present()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void answersOnlyWhoSendsTheRequiredHeader() {
    MetadataService azure = Recording.named("azure-vm").snapshot().metadata();
    MetadataRequest instance =
        MetadataRequest.get("http://169.254.169.254/metadata/instance?api-version=2021-02-01");
    assertThat(status(azure.send(instance))).isEqualTo(400);
    assertThat(status(azure.send(instance.header("metadata", "true")))).isEqualTo(200);
  }

  @Test
  void handsOutTheDocument_forTheTokenOnly() {
    MetadataService ec2 = Recording.named("aws-ec2").snapshot().metadata();
    MetadataRequest document =
        MetadataRequest.get("http://169.254.169.254/latest/dynamic/instance-identity/document");
    MetadataAnswer token =
        ec2.send(
            MetadataRequest.put("http://169.254.169.254/latest/api/token")
                .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));
    assertThat(status(ec2.send(document))).isEqualTo(401);
    assertThat(
            status(
                ec2.send(
                    document.header(
                        "X-aws-ec2-metadata-token", ((MetadataAnswer.Answered) token).body()))))
        .isEqualTo(200);
  }

  @Test
  void isSilent_whereAClientWouldGiveUp() {
    MetadataRequest any = MetadataRequest.get("http://169.254.169.254/");
    for (String name :
        new String[] {
          "metadata-slow", "metadata-gigabyte", "metadata-blackholed", "linux-server"
        }) {
      assertThat(Recording.named(name).snapshot().metadata().send(any))
          .as(name)
          .isInstanceOf(MetadataAnswer.Silent.class);
    }
  }

  private static int status(MetadataAnswer answer) {
    return ((MetadataAnswer.Answered) answer).status();
  }
}
