package dev.enclave.spi.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendSettings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetadataRequestTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/",
        "http://169.254.170.2/v4/x",
        "http://169.254.0.1/",
        "http://169.254.255.255/",
        "http://[fd00:ec2::254]/latest/",
        "http://[fd20:ce::254]/",
        "http://169.254.169.254/metadata/instance?api-version=2021-02-01"
      })
  void goesToAddressesThatRoutersDoNotForward(String uri) {
    assertThat(MetadataRequest.get(uri).uri()).hasToString(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://metadata.google.internal/",
        "http://169.254.169.254.evil.example/",
        "http://evil.example/169.254.169.254",
        "http://169.254.169.254@evil.example/",
        "http://user@169.254.169.254/",
        "http://169.254.169.254:8080/",
        "https://169.254.169.254/",
        "ftp://169.254.169.254/",
        "http://169.254.169.256/",
        "http://169.254.169/",
        "http://169.254.0251.1/",
        "http://168.254.169.254/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[fd00:ec2::255]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "http://169.254.169.254/#fragment",
        "/latest",
        "http:///latest"
      })
  void goesNowhereElse(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetadataRequest.get(uri))
        .withMessageNotContaining("evil");
  }

  @Test
  void showsNoHeaderValue_whichMayBeAToken() {
    assertThat(
            MetadataRequest.put("http://169.254.169.254/latest/api/token")
                .header("token", "hunter2"))
        .asString()
        .isEqualTo("PUT http://169.254.169.254/latest/api/token [token]");
  }

  @Test
  void findsAnAnswersHeaderInAnyCase_andShowsNoBody() {
    MetadataAnswer.Answered answered =
        new MetadataAnswer.Answered(200, Map.of("metadata-flavor", "Google"), "hunter2");

    assertThat(answered.header("Metadata-Flavor")).contains("Google");
    assertThat(answered).asString().doesNotContain("hunter2");
  }

  @Test
  void aSnapshotWithoutNetworkIsSilent() {
    assertThat(new SilentSnapshot().metadata().send(MetadataRequest.get("http://169.254.169.254/")))
        .isInstanceOf(MetadataAnswer.Silent.class);
  }

  @Test
  void aDetectorThatWasNotAskedIsInconclusive() {
    assertThat(
            new DetectionContext(
                    new SilentSnapshot(),
                    new BackendSettings(BackendId.AWS_KMS, Map.of()),
                    Map.of("aws-ecs", Detection.present("x")))
                .place("aws-vm"))
        .isEqualTo(new Detection.Inconclusive("no detector aws-vm was asked"));
  }

  private record SilentSnapshot() implements EnvironmentSnapshot {

    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public Map<String, String> properties() {
      return Map.of();
    }

    @Override
    public boolean exists(String path) {
      return false;
    }

    @Override
    public Optional<String> read(String path) {
      return Optional.empty();
    }
  }
}
