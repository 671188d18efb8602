package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.SigningBackend;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators get wrong: each says what was seen and what to do. */
@ExtendWith(SharedApiServer.class)
class OperatorErrorsTest {

  private static final String TOKEN = Pod.FOLDER + "token";
  private static final KeyName NAME = KeyName.of("payments");

  private final ApiServer server;
  private final Pod pod;

  OperatorErrorsTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
  }

  private SigningBackend open() throws BackendFailure {
    return new KubernetesBackendProvider().open(pod.context(EnvironmentType.LOCAL, Map.of()));
  }

  private static BackendFailure failure(ThrowingCallable call) {
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  private BackendFailure failureOfLoading() throws BackendFailure {
    try (SigningBackend backend = open()) {
      return failure(() -> backend.load(NAME, Pod.call()));
    }
  }

  @Test
  void aTokenThatHasEnded_saysSinceWhen() throws BackendFailure {
    String[] parts = pod.read(TOKEN).orElseThrow().split("\\.", -1);
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replaceFirst("\"exp\":[0-9]+", "\"exp\":1700000000");
    parts[1] =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    pod.file(TOKEN, String.join(".", parts));
    assertThat(failureOfLoading())
        .hasMessageContaining("401 Unauthorized to the token in " + TOKEN)
        .hasMessageContaining("which ended at 2023-11-14T22:13:20Z")
        .hasMessageContaining("projected volume, where kubelet replaces it");
  }

  @Test
  void aTokenForSomebodyElse_isTakenForNobodys() throws BackendFailure {
    pod.file(
        TOKEN,
        server.token(
            pod.namespace(), Pod.ACCOUNT, Duration.ofMinutes(10), "https://vault.example"));
    BackendFailure failure = failureOfLoading();
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure)
        .hasMessageContaining("to the token in " + TOKEN)
        .hasMessageContaining("another cluster's")
        .hasMessageContaining("for another audience");
  }

  @Test
  void anotherClustersAuthority_isNamedAsAPossibility() throws BackendFailure {
    pod.file(Pod.FOLDER + "ca.crt", ServerCertificate.generate(new SecureRandom()).pem());
    BackendFailure failure = failureOfLoading();
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure)
        .hasMessageContaining("is not trusted")
        .hasMessageContaining("kube-root-ca.crt of its cluster into " + Pod.FOLDER + "ca.crt");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, -10})
  void aClockThatIsTenMinutesOff_isFoundOut(int minutes) throws BackendFailure {
    try (SigningBackend backend =
        new KubernetesBackendProvider().open(context(Duration.ofMinutes(minutes)))) {
      assertThat(backend.health(Pod.call()).findings())
          .extracting(Finding::observed)
          .anyMatch(
              observed ->
                  observed.contains("clock and the API server's differ by ")
                      && observed.contains(minutes > 0 ? "(ahead)" : "(behind)"));
      pod.file(TOKEN, "no-token");
      assertThat(failure(() -> backend.load(NAME, Pod.call())))
          .hasMessageContaining("Its clock and this machine's differ by");
    }
    pod.file(TOKEN, pod.freshToken());
    try (SigningBackend backend = open()) {
      assertThat(backend.health(Pod.call()).findings())
          .extracting(Finding::observed)
          .noneMatch(observed -> observed.contains("clock"));
    }
  }

  private BackendContext context(Duration ahead) {
    TimeSource clock =
        new TimeSource() {
          @Override
          public Instant now() {
            return Instant.now().plus(ahead);
          }

          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public void pause(Duration duration) {
            throw new AssertionError("nothing here waits");
          }
        };
    return BackendContext.of(
            new BackendSettings(BackendId.KUBERNETES, Map.of()),
            EnvironmentType.LOCAL,
            pod,
            clock,
            new SecureRandom())
        .acknowledging(true);
  }

  @Test
  void aNamespaceThatIsBeingDeleted_takesNoNewKey() throws BackendFailure {
    try (SigningBackend backend = open()) {
      KeyCreator creator = backend.capability(KeyCreator.class).orElseThrow();
      creator.create(request(NAME), Pod.call());
      assertThat(server.admin().delete("/api/v1/namespaces/" + pod.namespace()).status())
          .isEqualTo(200);
      BackendFailure refused =
          failure(() -> creator.create(request(KeyName.of("late")), Pod.call()));
      assertThat(refused.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(refused.code()).isEqualTo(FailureCode.REJECTED);
      assertThat(refused)
          .hasMessageContaining("namespace " + pod.namespace() + " is being deleted")
          .hasMessageContaining("enclave keys backup");
      assertThat(backend.load(NAME, Pod.call()).versions()).hasSize(1);
    }
  }

  private static CreateRequest request(KeyName name) {
    return CreateRequest.of(
        name,
        SigningAlgorithm.ED25519,
        RotationInterval.NEVER,
        EnvironmentType.LOCAL,
        "made-" + name);
  }

  @Test
  void allOfItKeepsTheTokenToItself() throws BackendFailure {
    String secret = pod.freshToken();
    pod.file(TOKEN, secret + "x");
    assertThat(failureOfLoading()).message().doesNotContain(secret.substring(20, 60));
  }
}
