package dev.enclave.aws.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A pod with an AWS identity: IAM roles for service accounts, or EKS Pod Identity. A pod with
 * neither is seen as Kubernetes on a virtual machine of EC2.
 */
public final class AwsEksDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "aws-eks";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection roles =
        Detection.byVariables(environment, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE");
    Detection podIdentity =
        Detection.byVariables(
            environment,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (roles instanceof Detection.Present) {
      return roles;
    }
    if (podIdentity instanceof Detection.Present || roles instanceof Detection.Absent) {
      return podIdentity;
    }
    return roles;
  }
}
