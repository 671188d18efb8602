package dev.enclave.aws.internal.detect;

import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.cloud.DetectorRows;
import java.util.stream.Stream;

/** One row per place: what is there, who looks, what it says. */
final class AwsDetectorsTest extends DetectorRows {

  private static final EnvironmentDetector LAMBDA = detector(new AwsDetectors(), "aws-lambda");
  private static final EnvironmentDetector ECS = detector(new AwsDetectors(), "aws-ecs");
  private static final EnvironmentDetector EKS = detector(new AwsDetectors(), "aws-eks");
  private static final EnvironmentDetector BEANSTALK =
      detector(new AwsDetectors(), "aws-beanstalk");
  private static final EnvironmentDetector VM = detector(new AwsDetectors(), "aws-vm");

  @Override
  protected Stream<Row> places() {
    return Stream.of(
        row(LAMBDA, "Absent", "not set", place()),
        row(LAMBDA, "Absent", "not set", place("AWS_LAMBDA_FUNCTION_NAME=")),
        row(
            LAMBDA,
            "Inconclusive",
            "nothing else of Lambda",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2")),
        row(
            LAMBDA,
            "Present",
            "FUNCTION_NAME",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_LAMBDA_RUNTIME_API=hunter2")),
        row(
            LAMBDA,
            "Present",
            "names Lambda",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_EXECUTION_ENV=AWS_Lambda_java21")),
        row(
            LAMBDA,
            "Inconclusive",
            "nothing",
            place("AWS_LAMBDA_FUNCTION_NAME=hunter2", "AWS_EXECUTION_ENV=AWS_ECS_FARGATE")),
        row(LAMBDA, "Inconclusive", "not set", place("AWS_LAMBDA_FUNCTION_VERSION=1")),
        row(ECS, "Absent", "not set", place()),
        row(
            ECS,
            "Absent",
            "not set",
            place("AWS_PROFILE=hunter2", "AWS_REGION=x", "AWS_ACCESS_KEY_ID=hunter2")),
        row(
            ECS,
            "Present",
            "URI_V4",
            place("ECS_CONTAINER_METADATA_URI_V4=hunter2", "AWS_EXECUTION_ENV=AWS_ECS_FARGATE")),
        row(
            ECS,
            "Present",
            "RELATIVE",
            place(
                "ECS_CONTAINER_METADATA_URI_V4=hunter2",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=hunter2")),
        row(ECS, "Inconclusive", "nothing else", place("ECS_CONTAINER_METADATA_URI_V4=hunter2")),
        row(
            ECS,
            "Inconclusive",
            "nothing else",
            place("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=hunter2")),
        row(ECS, "Inconclusive", "nothing else", place("AWS_EXECUTION_ENV=AWS_ECS_EC2")),
        row(EKS, "Absent", "not set", place()),
        row(
            EKS,
            "Present",
            "AWS_ROLE_ARN",
            place("AWS_ROLE_ARN=hunter2", "AWS_WEB_IDENTITY_TOKEN_FILE=hunter2")),
        row(EKS, "Inconclusive", "AWS_ROLE_ARN", place("AWS_ROLE_ARN=hunter2")),
        row(EKS, "Inconclusive", "TOKEN_FILE", place("AWS_WEB_IDENTITY_TOKEN_FILE=hunter2")),
        row(
            EKS,
            "Present",
            "FULL_URI",
            place(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=hunter2")),
        row(
            EKS,
            "Present",
            "FULL_URI",
            place(
                "AWS_ROLE_ARN=x",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=hunter2")),
        row(EKS, "Inconclusive", "FULL_URI", place("AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2")),
        row(
            EKS,
            "Inconclusive",
            "AWS_ROLE_ARN",
            place("AWS_ROLE_ARN=x", "AWS_CONTAINER_CREDENTIALS_FULL_URI=hunter2")),
        row(BEANSTALK, "Absent", "missing", place()),
        row(
            BEANSTALK,
            "Present",
            "xray",
            place().withFile("/var/elasticbeanstalk/xray/environment.conf", "hunter2")),
        row(VM, "Absent", "DMI", place()),
        row(VM, "Present", "sys_vendor", place().withDmi("sys_vendor", "Amazon EC2")),
        row(
            VM,
            "Present",
            "bios_version",
            place().withDmi("sys_vendor", "Xen").withDmi("bios_version", "4.11.amazon")),
        row(VM, "Absent", "DMI", place().withDmi("sys_vendor", "Amazon EC2 lookalike")));
  }
}
