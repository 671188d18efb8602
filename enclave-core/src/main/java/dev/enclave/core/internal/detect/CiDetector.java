package dev.enclave.core.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A build runner: two variables of one product. {@code CI} alone never decides, since workloads
 * carry it by accident.
 */
public final class CiDetector implements EnvironmentDetector {

  private static final Map<String, String> PAIRS = pairs();

  private static Map<String, String> pairs() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("GITHUB_ACTIONS", "GITHUB_RUN_ID");
    pairs.put("GITLAB_CI", "CI_JOB_ID");
    pairs.put("TF_BUILD", "BUILD_BUILDID");
    pairs.put("JENKINS_URL", "BUILD_TAG");
    // A build of CodeBuild runs as a task of ECS too, which decides before this does.
    pairs.put("CODEBUILD_BUILD_ID", "CODEBUILD_BUILD_ARN");
    pairs.put("BUILDKITE", "BUILDKITE_BUILD_ID");
    pairs.put("CIRCLECI", "CIRCLE_WORKFLOW_ID");
    return pairs;
  }

  @Override
  public String id() {
    return "ci";
  }

  @Override
  public Kind kind() {
    return Kind.CI;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    for (Map.Entry<String, String> pair : PAIRS.entrySet()) {
      if (environment.variable(pair.getKey()).isPresent()
          && environment.variable(pair.getValue()).isPresent()) {
        return Detection.present(pair.getKey() + " and " + pair.getValue() + " are set");
      }
    }
    return new Detection.Absent(
        environment.variable("CI").isPresent()
            ? "CI is set, which alone decides nothing, and no product's pair of variables is"
            : "no build product's pair of variables is set");
  }
}
