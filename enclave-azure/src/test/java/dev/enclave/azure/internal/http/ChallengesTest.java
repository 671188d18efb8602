package dev.enclave.azure.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.AzureBench;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.CreateRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers for the vault says what a token must be for, and gets none for anything else. */
class ChallengesTest {

  private static final String ELSEWHERE = "resource=\"https://management.azure.com\"";

  private final AzureBench bench = new AzureBench();
  private final AtomicBoolean askedWithoutToken = new AtomicBoolean();

  @AfterEach
  void close() {
    bench.close();
  }

  /**
   * From now on each request is challenged so, with a token or without: an SDK that remembers this
   * host and port from an earlier server sends one at once.
   */
  private void challengeWith(String parameters) {
    for (String operation : List.of("Challenge", "GetKey", "GetKeyVersions")) {
      bench.meddle(
          operation,
          (request, service) -> {
            if (operation.equals("Challenge")) {
              askedWithoutToken.set(true);
            }
            return Delivery.answer(
                ServiceResponse.of(401, new byte[0])
                    .withHeader(
                        "WWW-Authenticate",
                        "Bearer authorization=\"https://login.microsoftonline.com/x\", "
                            + parameters));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ELSEWHERE, "scope=\"https://management.azure.com/.default\""})
  void givesNoToken_forSomethingElse(String parameters) {
    List<String> wanted = new CopyOnWriteArrayList<>();
    bench.meddle(
        "InstanceMetadataToken",
        (request, service) -> {
          wanted.add(request.query());
          return Delivery.answer(service.handle(request));
        });
    challengeWith(parameters);
    BackendFailure failure = bench.failureOf(bench::load);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("https://management.azure.com/.default");
    assertThat(wanted).noneMatch(query -> query.contains("management.azure.com"));
    // Whoever asks first and remembers nothing fetches no token at all.
    assertThat(wanted.isEmpty() || !askedWithoutToken.get()).isTrue();
  }

  /** The SDK keeps the challenges of a host and port until the process ends. */
  @Test
  void goesOn_onceWhatAnswersIsMended() throws BackendFailure {
    challengeWith(ELSEWHERE);
    assertThat(bench.failureOf(bench::load).code()).isEqualTo(FailureCode.MISCONFIGURED);
    bench.leaveAlone();
    assertThat(bench.create().name()).isEqualTo(AzureBench.NAME);
  }

  @Test
  void anotherSessionGoesOn_onceWhatAnswersIsMended() throws BackendFailure {
    challengeWith(ELSEWHERE);
    assertThat(bench.failureOf(bench::load).code()).isEqualTo(FailureCode.MISCONFIGURED);
    bench.leaveAlone();
    try (CapableBackend another = bench.another()) {
      CreateRequest request = bench.request(AzureBench.NAME, SigningAlgorithm.ECDSA_P256_SHA256);
      assertThat(another.create(request, bench.call()).name()).isEqualTo(AzureBench.NAME);
    }
  }
}
