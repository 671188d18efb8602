package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.environments.Recording;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever this backend is the one that is chosen, the tokens of the place are found. */
class RecordedTokensTest {

  private static final String ATTACHED = "the metadata server";

  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("gcp-app-engine", ATTACHED),
              Map.entry("gcp-app-engine-flexible", ATTACHED),
              Map.entry("gcp-cloud-build", ATTACHED),
              Map.entry("gcp-cloud-run-job", ATTACHED),
              Map.entry("gcp-cloud-run-service", ATTACHED),
              Map.entry("gcp-functions", ATTACHED),
              Map.entry("gcp-gce", ATTACHED),
              Map.entry("gcp-gce-windows", ATTACHED),
              Map.entry("gcp-gke-node-account", ATTACHED),
              Map.entry("gcp-gke-workload-identity", ATTACHED)));

  @ParameterizedTest
  @MethodSource("recordings")
  void choosesTheTokensThatThePlaceHas(Recording recording) {
    assertThat(chosen(recording)).isEqualTo(EXPECTED.get(recording.name()));
  }

  @Test
  void knowsEveryPlaceWhereThisBackendIsChosen() {
    assertThat(recordings())
        .extracting(Recording::name)
        .containsExactlyElementsOf(EXPECTED.keySet());
  }

  static List<Recording> recordings() {
    return Recording.choosing(BackendId.GCP_KMS);
  }

  /** What names the tokens, or why there are none. */
  private static String chosen(Recording recording) {
    TokenChain chain =
        new TokenChain(
            BackendContext.of(
                new BackendSettings(BackendId.GCP_KMS, Map.of()),
                recording.expected().environment(),
                recording.snapshot(),
                new MutableClock(),
                new SecureRandom()),
            (request, within) -> HttpAnswer.Answered.of(500, ""));
    try {
      return chain.choose(Optional.empty(), "enclave.gcp-kms.credentials-file").source().named();
    } catch (BackendFailure e) {
      return Objects.requireNonNull(e.getMessage());
    }
  }
}
