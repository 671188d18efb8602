package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A task of ECS, on Fargate or on EC2. App Runner and CodeBuild run on ECS and set the same, so
 * they are told from it by nothing here.
 */
public final class AwsEcsDetector extends PlaceDetector {

  /** The agent's addresses of version 4 and 3; an agent that sets neither is out of support. */
  private static final String[] METADATA = {
    "ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"
  };

  public AwsEcsDetector() {
    super("aws-ecs", Kind.WORKLOAD);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    List<String> metadata = set(environment, METADATA);
    List<String> others = set(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (environment.variable("AWS_EXECUTION_ENV").orElse("").startsWith("AWS_ECS_")) {
      others.add("AWS_EXECUTION_ENV names ECS");
    }
    List<String> all = new ArrayList<>(metadata);
    all.addAll(others);
    if (!metadata.isEmpty() && !others.isEmpty()) {
      return new Detection.Present(all);
    }
    return all.isEmpty()
        ? new Detection.Absent("not set: " + String.join(", ", METADATA))
        : new Detection.Inconclusive(String.join(", ", all) + ", and nothing else of ECS");
  }
}
