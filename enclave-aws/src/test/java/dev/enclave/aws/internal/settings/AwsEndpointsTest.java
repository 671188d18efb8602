package dev.enclave.aws.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.Openings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

final class AwsEndpointsTest {

  @ParameterizedTest
  @CsvSource({
    "eu-west-1, https://kms.eu-west-1.amazonaws.com, https://sts.eu-west-1.amazonaws.com",
    "us-east-1, https://kms.us-east-1.amazonaws.com, https://sts.us-east-1.amazonaws.com",
    "cn-north-1, https://kms.cn-north-1.amazonaws.com.cn, https://sts.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1, https://kms.us-gov-west-1.amazonaws.com,"
        + " https://sts.us-gov-west-1.amazonaws.com",
  })
  void isTheRegionsOwn_whereNothingIsSet(String region, String kms, String sts) throws Exception {
    AwsEndpoints endpoints = decide(Openings.in(EnvironmentType.PRODUCTION).with("region", region));
    assertThat(endpoints.kms()).hasToString(kms);
    assertThat(endpoints.sts()).hasToString(sts);
    assertThat(endpoints.trusted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "AWS_USE_FIPS_ENDPOINT, https://kms-fips.eu-west-1.amazonaws.com",
    "AWS_USE_DUALSTACK_ENDPOINT, https://kms.eu-west-1.api.aws",
  })
  void isAnotherOfAwsOwn_whereThePlatformAsksForIt(String variable, String kms) throws Exception {
    AwsEndpoints endpoints =
        decide(
            Openings.in(EnvironmentType.PRODUCTION)
                .on(FakeEnvironment.empty().withVariable(variable, "true")));
    assertThat(endpoints.kms()).hasToString(kms);
    assertThat(endpoints.trusted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://kms.eu-west-1.amazonaws.com",
        "https://KMS.eu-west-1.amazonaws.com:443/",
        "https://kms-fips.eu-west-1.amazonaws.com",
        "https://kms.eu-west-1.api.aws",
        "https://vpce-0123456789abcdef0-abcdefgh.kms.eu-west-1.vpce.amazonaws.com",
        "https://vpce-0123456789abcdef0-abcdefgh-eu-west-1a.kms.eu-west-1.vpce.amazonaws.com",
        "https://vpce-0123456789abcdef0-abcdefgh.kms-fips.eu-west-1.vpce.amazonaws.com",
      })
  void takesAwsOwnInProduction(String endpoint) throws Exception {
    AwsEndpoints endpoints =
        decide(Openings.in(EnvironmentType.PRODUCTION).with("endpoint", endpoint));
    assertThat(endpoints.trusted()).isTrue();
  }

  /** Threat 10: hosts that look like AWS's, and hosts of AWS that anybody can have. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://kms.example.internal",
        "https://kms.eu-west-1.amazonaws.com.example.org",
        "https://kms-eu-west-1.amazonaws.com",
        "https://evilkms.eu-west-1.amazonaws.com",
        "https://kms.eu-central-1.amazonaws.com",
        "https://sts.eu-west-1.amazonaws.com",
        "https://kms.eu-west-1.amazonaws.com:8443",
        "https://kms.eu-west-1.elb.amazonaws.com",
        "https://abcdef.execute-api.eu-west-1.amazonaws.com",
        "https://bucket.s3.eu-west-1.amazonaws.com",
        "https://vpce-0abc.vpce-svc-0abc.eu-west-1.vpce.amazonaws.com",
        "https://kmsXeu-west-1.amazonaws.com",
        "https://127.0.0.1",
      })
  void refusesAnyOtherInProduction_unlessExactlyThatIsAllowed(String endpoint) throws Exception {
    Openings openings = Openings.in(EnvironmentType.PRODUCTION).with("endpoint", endpoint);
    assertThat(refusal(openings))
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContainingAll(
            "enclave.aws-kms.endpoint", "enclave.aws-kms.allowed-endpoints", "PRODUCTION");
    assertThat(refusal(openings.with("allowed-endpoints", "https://other.example")))
        .returns(FailureCode.REFUSED, f -> f.code());
    assertThat(decide(openings.with("allowed-endpoints", "https://a.example," + endpoint)))
        .returns(true, e -> e.trusted());
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvironmentType.class,
      names = {"PRODUCTION", "STAGING"})
  void refusesAnStsThatIsNotAws(EnvironmentType environment) {
    assertThat(refusal(Openings.in(environment).with("sts-endpoint", "https://sts.example")))
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContaining("enclave.aws-kms.sts-endpoint");
  }

  /** Threat 11: TLS switched off. */
  @ParameterizedTest
  @CsvSource({
    "PRODUCTION, endpoint",
    "PRODUCTION, sts-endpoint",
    "STAGING, endpoint",
    "STAGING, sts-endpoint"
  })
  void refusesToGoWithoutTls_evenToWhatIsAllowed(EnvironmentType environment, String setting) {
    String endpoint = "http://kms.example.internal";
    assertThat(
            refusal(
                Openings.in(environment)
                    .with(setting, endpoint)
                    .with("allowed-endpoints", endpoint)))
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContainingAll("enclave.aws-kms." + setting, "without TLS", "Write https");
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvironmentType.class,
      mode = Mode.EXCLUDE,
      names = {"PRODUCTION", "STAGING"})
  void goesAnywhereElsewhere_andTrustsOnlyWhatIsAllowed(EnvironmentType environment)
      throws Exception {
    Openings openings = Openings.in(environment).with("endpoint", "http://127.0.0.1:4566");
    assertThat(decide(openings)).returns(false, e -> e.trusted());
    assertThat(decide(openings.with("allowed-endpoints", "http://127.0.0.1:4566")))
        .returns(true, e -> e.trusted());
  }

  /** Threat 10: each variable and property by which the SDK is sent elsewhere. */
  @ParameterizedTest
  @CsvSource({
    "PRODUCTION, AWS_ENDPOINT_URL, ''",
    "PRODUCTION, AWS_ENDPOINT_URL_KMS, ''",
    "PRODUCTION, AWS_ENDPOINT_URL_STS, ''",
    "STAGING, AWS_ENDPOINT_URL_KMS, ''",
    "DEVELOPMENT, AWS_ENDPOINT_URL_KMS, ''",
    "LOCAL, AWS_ENDPOINT_URL, ''",
    "PRODUCTION, '', aws.endpointUrl",
    "PRODUCTION, '', aws.endpointUrlKms",
    "PRODUCTION, '', aws.endpointUrlSts",
  })
  void refusesToBeRedirected(EnvironmentType environment, String variable, String property)
      throws Exception {
    String elsewhere = "https://elsewhere.example";
    FakeEnvironment machine =
        property.isEmpty()
            ? FakeEnvironment.empty().withVariable(variable, elsewhere)
            : FakeEnvironment.empty().withProperty(property, elsewhere);
    Openings openings = Openings.in(environment).on(machine);
    assertThat(refusal(openings))
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContainingAll(variable + property, "Unset it", "enclave.aws-kms.");
    AwsEndpoints allowed = decide(openings.with("allowed-endpoints", elsewhere));
    assertThat(allowed.kms()).hasToString("https://kms.eu-west-1.amazonaws.com");
    assertThat(allowed.sts()).hasToString("https://sts.eu-west-1.amazonaws.com");
  }

  @Test
  void doesNotMindAVariableThatSaysTheSame_orThatIsSwitchedOff() throws Exception {
    FakeEnvironment same =
        FakeEnvironment.empty()
            .withVariable("AWS_ENDPOINT_URL_KMS", "https://kms.eu-west-1.amazonaws.com/");
    FakeEnvironment off =
        FakeEnvironment.empty()
            .withVariables(
                "AWS_ENDPOINT_URL=https://elsewhere.example",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true");
    assertThat(decide(Openings.in(EnvironmentType.PRODUCTION).on(same)).trusted()).isTrue();
    assertThat(decide(Openings.in(EnvironmentType.PRODUCTION).on(off)).trusted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kms.eu-west-1.amazonaws.com",
        "ftp://kms.eu-west-1.amazonaws.com",
        "https://user@kms.eu-west-1.amazonaws.com",
        "https://kms.eu-west-1.amazonaws.com/path",
        "https://kms.eu-west-1.amazonaws.com?query",
        "https://kms.eu-west-1.amazonaws.com#fragment",
        "https://",
        "https://kms .example",
      })
  void wantsSchemeHostAndPortAlone(String text) {
    for (String setting : new String[] {"endpoint", "sts-endpoint", "allowed-endpoints"}) {
      assertThat(refusal(Openings.in(EnvironmentType.LOCAL).with(setting, text)))
          .returns(FailureCode.MISCONFIGURED, f -> f.code())
          .hasMessageContaining("enclave.aws-kms." + setting);
    }
  }

  private static AwsEndpoints decide(Openings openings) throws BackendFailure {
    BackendContext context = openings.context();
    AwsSettings settings = AwsSettings.of(context.settings());
    AwsRegion region = AwsRegion.of(settings, context.snapshot(), context.snapshot().metadata());
    return AwsEndpoints.of(settings, region, context);
  }

  private static BackendFailure refusal(Openings openings) {
    return catchThrowableOfType(BackendFailure.class, () -> decide(openings));
  }
}
