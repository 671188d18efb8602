package dev.enclave.aws.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A task of ECS, on Fargate or on EC2. App Runner and CodeBuild run on ECS and set the same, so
 * they are told from it by nothing here.
 */
public final class AwsEcsDetector implements EnvironmentDetector {

  /** The agent's addresses of version 4 and 3; an agent that sets neither is out of support. */
  private static final List<String> METADATA =
      List.of("ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI");

  @Override
  public String id() {
    return "aws-ecs";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    List<String> metadata = set(environment, METADATA);
    List<String> others = set(environment, List.of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
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

  private static List<String> set(EnvironmentSnapshot environment, List<String> names) {
    List<String> set = new ArrayList<>();
    for (String name : names) {
      if (environment.variable(name).isPresent()) {
        set.add(name + " is set");
      }
    }
    return set;
  }
}
