package dev.enclave.aws.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AwsPlacesTest {

  private final AwsKmsBackendProvider provider = new AwsKmsBackendProvider();

  @Test
  void isPresent_onAPlaceOfAws() {
    assertThat(detect(Map.of(), Map.of("aws-lambda", Detection.present("X is set"))))
        .isEqualTo(Detection.present("aws-lambda: X is set"));
  }

  @Test
  void isPresent_whereTheRegionIsConfigured() {
    assertThat(detect(Map.of("region", "eu-west-1"), Map.of()))
        .isEqualTo(Detection.present("enclave.aws-kms.region is set"));
  }

  @Test
  void isInconclusive_whereADetectorIs() {
    assertThat(
            detect(Map.of(), Map.of("aws-ecs", new Detection.Inconclusive("half of ECS is set"))))
        .isInstanceOfSatisfying(
            Detection.Inconclusive.class,
            said -> assertThat(said.reason()).contains("aws-ecs: half of ECS is set"));
  }

  @Test
  void isAbsent_onADevelopersMachine_evenWithCredentialsInVariables() {
    Map<String, Detection> places =
        Map.of(
            "aws-lambda", new Detection.Absent("no"),
            "aws-ecs", new Detection.Absent("no"),
            "aws-eks", new Detection.Absent("no"),
            "aws-beanstalk", new Detection.Absent("no"),
            "aws-vm", new Detection.Absent("no"));
    assertThat(detect(Map.of(), places)).isInstanceOf(Detection.Absent.class);
  }

  @Test
  void showsNoSecretSetting() {
    assertThat(provider.settings())
        .filteredOn(SettingSpec::secret)
        .extracting(SettingSpec::name)
        .containsExactly("secret-access-key", "session-token");
    assertThat(provider.id()).isEqualTo(BackendId.AWS_KMS);
    assertThat(provider.assuranceCeiling()).isEqualTo(Assurance.HSM);
  }

  private Detection detect(Map<String, String> settings, Map<String, Detection> places) {
    return provider.detect(
        new DetectionContext(
            FakeEnvironment.empty()
                .withVariables("AWS_ACCESS_KEY_ID=AKIA", "AWS_SECRET_ACCESS_KEY=s"),
            new BackendSettings(BackendId.AWS_KMS, settings),
            places));
  }
}
