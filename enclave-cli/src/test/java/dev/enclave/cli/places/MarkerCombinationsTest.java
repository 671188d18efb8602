package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.detect.Detections;
import dev.enclave.core.internal.detect.EnvironmentInference;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every subset of a platform's marker variables, with subsets of what speaks for a relaxed place,
 * and nothing else of either. {@code -Denclave.soak.markers=true} takes every subset of both.
 */
@Tag("full")
final class MarkerCombinationsTest {

  private static final List<String> AWS =
      List.of(
          "AWS_LAMBDA_FUNCTION_NAME=f",
          "AWS_LAMBDA_FUNCTION_VERSION=1",
          "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001",
          "ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/x",
          "ECS_CONTAINER_METADATA_URI=http://169.254.170.2/v3/x",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x",
          "AWS_EXECUTION_ENV=AWS_ECS_FARGATE",
          "AWS_ROLE_ARN=arn:aws:iam::1:role/x",
          "AWS_WEB_IDENTITY_TOKEN_FILE=/t",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/t");

  private static final List<String> AZURE =
      List.of(
          "WEBSITE_SITE_NAME=s",
          "WEBSITE_INSTANCE_ID=i",
          "FUNCTIONS_EXTENSION_VERSION=~4",
          "IDENTITY_ENDPOINT=http://localhost:4141/",
          "IDENTITY_HEADER=h",
          "CONTAINER_APP_NAME=a",
          "CONTAINER_APP_REVISION=r",
          "CONTAINER_APP_JOB_NAME=j",
          "CONTAINER_APP_JOB_EXECUTION_NAME=e",
          "AZURE_FEDERATED_TOKEN_FILE=/t");

  private static final List<String> GCP =
      List.of(
          "K_SERVICE=s",
          "K_REVISION=r",
          "CLOUD_RUN_JOB=j",
          "CLOUD_RUN_EXECUTION=e",
          "FUNCTION_TARGET=f",
          "GAE_SERVICE=s",
          "GAE_VERSION=v",
          "GAE_INSTANCE=i",
          "KUBERNETES_SERVICE_HOST=10.0.0.1");

  /** One of each platform, so that platforms meet. */
  private static final List<String> MIXED =
      List.of(
          "AWS_LAMBDA_FUNCTION_NAME=f",
          "ECS_CONTAINER_METADATA_URI_V4=u",
          "AWS_ROLE_ARN=r",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/t",
          "WEBSITE_SITE_NAME=s",
          "IDENTITY_HEADER=h",
          "CONTAINER_APP_NAME=a",
          "AZURE_FEDERATED_TOKEN_FILE=/t",
          "K_SERVICE=s",
          "CLOUD_RUN_JOB=j",
          "GAE_SERVICE=s",
          "KUBERNETES_SERVICE_HOST=10.0.0.1");

  /** What speaks for a relaxed place; a name with a slash is a file. */
  private static final List<String> RELAXING =
      List.of(
          "CI=true",
          "GITHUB_ACTIONS=true",
          "GITHUB_RUN_ID=1",
          "CODEBUILD_BUILD_ID=1",
          "CODEBUILD_BUILD_ARN=a",
          "CODESPACES=true",
          "CODESPACE_NAME=n",
          "REMOTE_CONTAINERS=true",
          "REMOTE_CONTAINERS_IPC=/x",
          "WSL_DISTRO_NAME=Debian",
          "XDG_SESSION_TYPE=wayland",
          "/.dockerenv=",
          "/proc/version=Linux version 5.15-microsoft-standard-WSL2");

  private final List<EnvironmentDetector> detectors = AllDetectors.list();

  static Stream<Arguments> platforms() {
    return Stream.of(
        Arguments.of("AWS", AWS),
        Arguments.of("Azure", AZURE),
        Arguments.of("Google Cloud", GCP),
        Arguments.of("mixed", MIXED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platforms")
  void anyWorkloadMarkerMeansProduction_whateverSpeaksForLess(String name, List<String> markers) {
    long combinations = 0;
    for (List<String> relaxing : relaxings()) {
      for (int subset = 1; subset < 1 << markers.size(); subset++) {
        List<String> set = new ArrayList<>(relaxing);
        set.addAll(subset(markers, subset));
        Detections seen = AllDetectors.look(detectors, new Written(set));
        EnvironmentInference inference = EnvironmentInference.infer(Optional.empty(), seen);
        if (inference.type() != EnvironmentType.PRODUCTION || inference.declared()) {
          assertThat(inference).as("%s", set).isNull();
        }
        combinations++;
      }
    }
    System.out.println("marker combinations, " + name + ": " + combinations);
  }

  private static List<List<String>> relaxings() {
    List<List<String>> relaxings = new ArrayList<>();
    if (Boolean.getBoolean("enclave.soak.markers")) {
      for (int subset = 0; subset < 1 << RELAXING.size(); subset++) {
        relaxings.add(subset(RELAXING, subset));
      }
      return relaxings;
    }
    relaxings.add(List.of());
    relaxings.add(RELAXING);
    for (String one : RELAXING) {
      relaxings.add(List.of(one));
    }
    for (int pair : new int[] {1, 3, 5, 7}) {
      relaxings.add(RELAXING.subList(pair, pair + 2));
    }
    return relaxings;
  }

  private static List<String> subset(List<String> all, int bits) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if ((bits & (1 << i)) != 0) {
        chosen.add(all.get(i));
      }
    }
    return chosen;
  }

  /** Faster than the testkit's environment, which copies its maps. */
  private record Written(Map<String, String> variables, Map<String, String> files)
      implements EnvironmentSnapshot {

    Written(List<String> lines) {
      this(new HashMap<>(), new HashMap<>());
      for (String line : lines) {
        int sign = line.indexOf('=');
        (line.startsWith("/") ? files : variables)
            .put(line.substring(0, sign), line.substring(sign + 1));
      }
    }

    @Override
    public Map<String, String> properties() {
      return Map.of("os.name", "Linux");
    }

    @Override
    public boolean exists(String path) {
      return files.containsKey(path);
    }

    @Override
    public Optional<String> read(String path) {
      return Optional.ofNullable(files.get(path));
    }
  }
}
