package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A pod with an AWS identity: IAM roles for service accounts, or EKS Pod Identity. A pod with
 * neither is seen as Kubernetes on a virtual machine of EC2.
 */
public final class AwsEksDetector extends PlaceDetector {

  public AwsEksDetector() {
    super("aws-eks", Kind.WORKLOAD, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return either(
        super.detect(environment),
        Detection.byVariables(
            environment,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
  }
}
