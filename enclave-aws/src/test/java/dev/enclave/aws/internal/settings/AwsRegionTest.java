package dev.enclave.aws.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.Openings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AwsRegionTest {

  private static final FakeEnvironment EVERYTHING =
      FakeEnvironment.empty()
          .withVariables("AWS_REGION=eu-west-2", "AWS_DEFAULT_REGION=eu-west-3")
          .withProperty("aws.region", "ap-south-1");

  private final FakeMetadata metadata = new FakeMetadata();

  @Test
  void isTheSettings_thenAwsRegion_thenAwsDefaultRegion() throws Exception {
    assertThat(region("eu-west-1", EVERYTHING).id()).isEqualTo("eu-west-1");
    assertThat(region("", EVERYTHING).id()).isEqualTo("eu-west-2");
    assertThat(region("", FakeEnvironment.empty().withVariable("AWS_DEFAULT_REGION", "eu-west-3")))
        .returns("eu-west-3", AwsRegion::id);
    assertThat(metadata.requests()).isEmpty();
  }

  @Test
  void isWhereTheInstanceIs_whereNothingElseSays() throws Exception {
    metadata.answering(
        request ->
            request.uri().getPath().equals("/latest/api/token")
                ? FakeMetadata.ok("token")
                : FakeMetadata.ok("us-gov-west-1\n"));
    assertThat(region("", FakeEnvironment.empty()))
        .isEqualTo(new AwsRegion("us-gov-west-1", "aws-us-gov"));
    assertThat(metadata.requests().get(1).headers())
        .containsEntry("X-aws-ec2-metadata-token", "token");
  }

  @Test
  void asksNobody_whereMetadataIsSwitchedOff() {
    assertThat(
            failure("", FakeEnvironment.empty().withVariable("AWS_EC2_METADATA_DISABLED", "true")))
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll(
            "enclave.aws-kms.region", "AWS_REGION", "AWS_EC2_METADATA_DISABLED");
    assertThat(metadata.requests()).isEmpty();
  }

  @Test
  void saysWhatItLookedFor_whenNobodyKnows() {
    assertThat(failure("", FakeEnvironment.empty().withProperty("aws.region", "eu-west-1")))
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll(
            "enclave.aws-kms.region", "AWS_REGION", "AWS_DEFAULT_REGION", "nobody listens");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eu-west-9", "EU-WEST-1", "eu_west_1", "aws-global", "x", "eu-west-1/../"})
  void saysSo_whenAwsHasNoSuchRegion(String region) {
    assertThat(failure(region, FakeEnvironment.empty()))
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll("Setting enclave.aws-kms.region", region, "eu-west-1");
  }

  @Test
  void namesTheVariable_whenThatIsWrong() {
    assertThat(failure("", FakeEnvironment.empty().withVariable("AWS_REGION", "mars-north-1")))
        .hasMessageContainingAll("Variable AWS_REGION", "mars-north-1");
  }

  @Test
  void takesARegionYoungerThanTheLibrary_onceItsEndpointsAreNamed() throws Exception {
    BackendContext context =
        Openings.in(EnvironmentType.PRODUCTION)
            .with("region", "eu-west-9")
            .with("endpoint", "https://kms.eu-west-9.amazonaws.com")
            .with("sts-endpoint", "https://sts.eu-west-9.amazonaws.com")
            .context();
    AwsSettings settings = AwsSettings.of(context.settings());
    AwsRegion region = AwsRegion.of(settings, context.snapshot(), metadata);
    assertThat(region).isEqualTo(new AwsRegion("eu-west-9", "aws"));
    assertThat(AwsEndpoints.of(settings, region, context).trusted()).isTrue();
  }

  private AwsRegion region(String setting, FakeEnvironment machine) throws BackendFailure {
    BackendContext context =
        Openings.in(EnvironmentType.PRODUCTION).with("region", setting).on(machine).context();
    return AwsRegion.of(AwsSettings.of(context.settings()), context.snapshot(), metadata);
  }

  private BackendFailure failure(String setting, FakeEnvironment machine) {
    return catchThrowableOfType(BackendFailure.class, () -> region(setting, machine));
  }
}
