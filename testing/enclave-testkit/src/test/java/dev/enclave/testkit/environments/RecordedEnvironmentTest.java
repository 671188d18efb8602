package dev.enclave.testkit.environments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@RecordedEnvironment("kubernetes-no-kek")
class RecordedEnvironmentTest {

  @Test
  void givesTheClasss_whereTheMethodHasNone(Recording recording) {
    assertThat(recording.name()).isEqualTo("kubernetes-no-kek");
  }

  @Test
  @RecordedEnvironment("aws-fargate")
  void givesTheMethodsOwn(Recording recording, EnvironmentSnapshot snapshot) {
    assertThat(recording.name()).isEqualTo("aws-fargate");
    assertThat(snapshot.variable("AWS_EXECUTION_ENV")).contains("AWS_ECS_FARGATE");
  }

  @Test
  void givesABuilderThatSeesTheRecordedMachine(EnclaveFactory.Builder builder) {
    Diagnosis landing = builder.rehearse();
    assertThat(landing.environment()).contains(EnvironmentType.PRODUCTION);
    assertThat(landing.environmentReason()).contains("KUBERNETES_SERVICE_HOST");
  }

  @Test
  void givesAMachineThatCanBeChanged(FakeEnvironment machine) {
    Diagnosis landing =
        EnclaveFactory.builder()
            .with(machine.withVariable("ENCLAVE_ENVIRONMENT", "staging"))
            .rehearse();
    assertThat(landing.environment()).contains(EnvironmentType.STAGING);
  }

  @Nested
  class Inside {

    @Test
    void inheritsFromTheClassAround(Recording recording) {
      assertThat(recording.name()).isEqualTo("kubernetes-no-kek");
    }
  }

  @Test
  void failsATestThatMisspellsTheName() {
    assertThat(failures(Misspelt.class))
        .singleElement()
        .asString()
        .contains("\"aws-lambada\"", "\"aws-lambda\"");
  }

  @Test
  void failsATestWithoutTheAnnotation() {
    assertThat(failures(Unannotated.class)).singleElement().asString().contains("Put it on");
  }

  /** Fails on purpose; run by the tests above only. */
  static class Misspelt {
    @Test
    @RecordedEnvironment("aws-lambada")
    void takesNothing() {}
  }

  /** Fails on purpose; run by the tests above only. */
  @org.junit.jupiter.api.extension.ExtendWith(RecordedEnvironmentExtension.class)
  static class Unannotated {
    @Test
    void takesNothing() {}
  }

  private static List<Throwable> failures(Class<?> test) {
    List<Throwable> failures = new java.util.ArrayList<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
              }
            });
    return failures;
  }
}
