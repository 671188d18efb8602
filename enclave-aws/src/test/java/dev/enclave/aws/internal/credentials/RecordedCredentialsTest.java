package dev.enclave.aws.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.environments.Recording;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever this backend is the one that is chosen, the credentials of the place are found. */
class RecordedCredentialsTest {

  private static final String CONTAINER = "the container's credential endpoint";
  private static final String INSTANCE = "the EC2 instance profile";
  private static final String ROLE = "the web identity of role ";
  private static final String VARIABLES = "variable AWS_ACCESS_KEY_ID";
  private static final String NONE = "No AWS credentials were found";

  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("aws-app-runner", CONTAINER),
              Map.entry("aws-batch-fargate", CONTAINER),
              Map.entry("aws-beanstalk", INSTANCE),
              Map.entry("aws-codebuild", CONTAINER),
              Map.entry("aws-ec2", INSTANCE),
              Map.entry("aws-ec2-no-dmi", INSTANCE),
              Map.entry("aws-ec2-xen", INSTANCE),
              Map.entry("aws-ecs-ec2", CONTAINER),
              Map.entry("aws-eks-fargate", ROLE),
              Map.entry("aws-eks-irsa", ROLE),
              Map.entry("aws-eks-node-role", NONE),
              Map.entry("aws-eks-pod-identity", CONTAINER),
              Map.entry("aws-fargate", CONTAINER),
              Map.entry("aws-fargate-build-runner", CONTAINER),
              Map.entry("aws-fargate-no-task-role", NONE),
              Map.entry("aws-fargate-stray-ci", CONTAINER),
              Map.entry("aws-lambda", VARIABLES),
              Map.entry("aws-lambda-container-image", VARIABLES),
              Map.entry("spoofed-codespace-on-ec2", INSTANCE),
              Map.entry("spoofed-lambda-laptop", VARIABLES),
              Map.entry("stray-ci-on-ec2", INSTANCE),
              Map.entry("two-clouds-markers", ROLE)));

  @ParameterizedTest
  @MethodSource("recordings")
  void choosesTheCredentialsThatThePlaceHas(Recording recording) {
    assertThat(chosen(recording)).startsWith(EXPECTED.get(recording.name()));
  }

  @Test
  void knowsEveryPlaceWhereThisBackendIsChosen() {
    assertThat(recordings())
        .extracting(Recording::name)
        .containsExactlyElementsOf(EXPECTED.keySet());
  }

  static List<Recording> recordings() {
    return Recording.choosing(BackendId.AWS_KMS);
  }

  /** What names the credentials, or why there are none. */
  private static String chosen(Recording recording) {
    CredentialChain chain =
        new CredentialChain(
            BackendContext.of(
                new BackendSettings(BackendId.AWS_KMS, Map.of()),
                recording.expected().environment(),
                recording.snapshot(),
                new MutableClock(),
                new SecureRandom()),
            recording.snapshot().metadata(),
            (request, within) -> {
              throw new AssertionError("nobody is asked while choosing");
            },
            (role, session, token) -> {
              throw BackendFailure.permanent(FailureCode.UNSUPPORTED, "Nobody is asked yet.");
            });
    try {
      return chain.choose().source().named();
    } catch (BackendFailure e) {
      return Objects.requireNonNull(e.getMessage());
    }
  }
}
