package dev.enclave.aws.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.FakeEnvironment;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row per place: what is there, who looks, what it says. */
final class AwsDetectorsTest {

  private static final EnvironmentDetector LAMBDA = new AwsLambdaDetector();
  private static final EnvironmentDetector ECS = new AwsEcsDetector();
  private static final EnvironmentDetector EKS = new AwsEksDetector();
  private static final EnvironmentDetector BEANSTALK = new AwsBeanstalkDetector();
  private static final EnvironmentDetector VM = new AwsVmDetector();

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("places")
  void saysWhatThePlaceIs_andNoValue(
      EnvironmentDetector detector, String status, String word, FakeEnvironment environment) {
    Detection detection = detector.detect(environment);

    assertThat(detection.getClass().getSimpleName()).isEqualTo(status);
    assertThat(detection.toString()).contains(word).doesNotContain("hunter2");
  }

  static Stream<Arguments> places() {
    return Stream.of(
        arguments(LAMBDA, "Absent", "not set", place()),
        arguments(LAMBDA, "Absent", "not set", place("AWS_LAMBDA_FUNCTION_NAME=")),
        arguments(
            LAMBDA,
            "Inconclusive",
            "nothing of the runtime",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2")),
        arguments(
            LAMBDA,
            "Present",
            "FUNCTION_NAME",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_LAMBDA_RUNTIME_API=hunter2")),
        arguments(
            LAMBDA,
            "Present",
            "names Lambda",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_EXECUTION_ENV=AWS_Lambda_java21")),
        arguments(
            LAMBDA,
            "Inconclusive",
            "nothing",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_EXECUTION_ENV=AWS_ECS_FARGATE")),
        arguments(LAMBDA, "Inconclusive", "not set", place("AWS_LAMBDA_FUNCTION_VERSION=1")),
        arguments(ECS, "Absent", "not set", place()),
        arguments(
            ECS,
            "Absent",
            "not set",
            place("AWS_PROFILE=hunter2", "AWS_REGION=x", "AWS_ACCESS_KEY_ID=hunter2")),
        arguments(
            ECS,
            "Present",
            "URI_V4",
            place("ECS_CONTAINER_METADATA_URI_V4=hunter2", "AWS_EXECUTION_ENV=AWS_ECS_FARGATE")),
        arguments(
            ECS,
            "Present",
            "RELATIVE",
            place(
                "ECS_CONTAINER_METADATA_URI_V4=hunter2",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=hunter2")),
        arguments(
            ECS, "Inconclusive", "nothing else", place("ECS_CONTAINER_METADATA_URI_V4=hunter2")),
        arguments(
            ECS,
            "Inconclusive",
            "nothing else",
            place("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=hunter2")),
        arguments(ECS, "Inconclusive", "nothing else", place("AWS_EXECUTION_ENV=AWS_ECS_EC2")),
        arguments(EKS, "Absent", "not set", place()),
        arguments(
            EKS,
            "Present",
            "AWS_ROLE_ARN",
            place("AWS_ROLE_ARN=hunter2", "AWS_WEB_IDENTITY_TOKEN_FILE=hunter2")),
        arguments(EKS, "Inconclusive", "AWS_ROLE_ARN", place("AWS_ROLE_ARN=hunter2")),
        arguments(EKS, "Inconclusive", "TOKEN_FILE", place("AWS_WEB_IDENTITY_TOKEN_FILE=hunter2")),
        arguments(
            EKS,
            "Present",
            "FULL_URI",
            place(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=hunter2")),
        arguments(
            EKS,
            "Present",
            "FULL_URI",
            place(
                "AWS_ROLE_ARN=x",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=hunter2")),
        arguments(
            EKS, "Inconclusive", "FULL_URI", place("AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2")),
        arguments(
            EKS,
            "Inconclusive",
            "AWS_ROLE_ARN",
            place("AWS_ROLE_ARN=x", "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2")),
        arguments(BEANSTALK, "Absent", "missing", place()),
        arguments(
            BEANSTALK,
            "Present",
            "xray",
            place().withFile("/var/elasticbeanstalk/xray/environment.conf", "hunter2")),
        arguments(VM, "Absent", "DMI", place()),
        arguments(VM, "Present", "sys_vendor", place().withDmi("sys_vendor", "Amazon EC2")),
        arguments(
            VM,
            "Present",
            "bios_version",
            place().withDmi("sys_vendor", "Xen").withDmi("bios_version", "4.11.amazon")),
        arguments(VM, "Absent", "DMI", place().withDmi("sys_vendor", "Amazon EC2 lookalike")));
  }

  private static FakeEnvironment place(String... variables) {
    return FakeEnvironment.empty().withVariables(variables);
  }
}
