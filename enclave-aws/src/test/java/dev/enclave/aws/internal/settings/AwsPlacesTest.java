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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AwsPlacesTest {

  private final AwsKmsBackendProvider provider = new AwsKmsBackendProvider();

  private static final Detection SEEN = Detection.present("X is set");

  @Test
  void isPresent_onAPlaceOfAws_whoseRegionIsKnown() {
    FakeEnvironment machine = machine().withVariable("AWS_REGION", "eu-west-1");
    assertThat(detect(machine, Map.of(), Map.of("aws-lambda", SEEN)))
        .isEqualTo(Detection.present("aws-lambda: X is set"));
    assertThat(detect(Map.of(), Map.of("aws-vm", SEEN)))
        .isEqualTo(Detection.present("aws-vm: X is set"));
  }

  @Test
  void isAbsent_whereNothingNamesTheRegion() {
    assertThat(detect(Map.of(), Map.of("aws-eks", SEEN)))
        .isEqualTo(
            new Detection.Absent(
                "this is AWS (aws-eks: X is set), and no region is known: enclave.aws-kms.region"
                    + " and AWS_REGION are not set"));
    FakeEnvironment unasked = machine().withVariable("AWS_EC2_METADATA_DISABLED", "true");
    assertThat(detect(unasked, Map.of(), Map.of("aws-vm", SEEN)))
        .isInstanceOf(Detection.Absent.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ci", "kubernetes"})
  void isAbsent_onTheMachineUnderABuildOrAPod_untilARegionIsConfigured(String guest) {
    Map<String, Detection> places = Map.of("aws-vm", SEEN, guest, SEEN);
    assertThat(detect(Map.of(), places)).isInstanceOf(Detection.Absent.class);
    assertThat(detect(Map.of("region", "eu-west-1"), places)).isInstanceOf(Detection.Present.class);
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

  private static FakeEnvironment machine() {
    return FakeEnvironment.empty()
        .withVariables("AWS_ACCESS_KEY_ID=AKIA", "AWS_SECRET_ACCESS_KEY=s");
  }

  private Detection detect(Map<String, String> settings, Map<String, Detection> places) {
    return detect(machine(), settings, places);
  }

  private Detection detect(
      FakeEnvironment machine, Map<String, String> settings, Map<String, Detection> places) {
    return provider.detect(
        new DetectionContext(machine, new BackendSettings(BackendId.AWS_KMS, settings), places));
  }
}
