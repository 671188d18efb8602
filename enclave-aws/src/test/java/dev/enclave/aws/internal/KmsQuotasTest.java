package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.emulators.AwsKmsServerBuilder;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What AWS's default quotas leave: the numbers of docs/aws.md. */
class KmsQuotasTest {

  private static final int CREATIONS = 5;
  private static final int DESCRIPTIONS = 2_000;
  private static final Duration BETWEEN_READINGS = Duration.ofSeconds(90);

  @Test
  void createsFiveKeysASecond_andSaysThatTheNextSecondHasMore() throws BackendFailure {
    try (KmsBench bench = new KmsBench(AwsKmsServerBuilder::requestQuotas)) {
      for (int i = 0; i < CREATIONS; i++) {
        bench.create(KeyName.of("wallet-" + i));
      }
      CreateRequest sixth = bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () -> bench.backend.create(sixth, bench.call(sixth.operationId())));
      assertThat(failure)
          .returns(FailureClass.THROTTLED, BackendFailure::failureClass)
          .hasMessageContaining("kms:CreateKey");
      assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
      bench.clock.advance(failure.retryAfter().orElseThrow());
      assertThat(bench.backend.create(sixth, bench.call(sixth.operationId())).active()).isPresent();
    }
  }

  @Test
  void readsAsManyKeysAsTheGuideSays() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.create(KmsBench.NAME);
      bench.server.journal().clear();
      bench.backend.load(key.name(), bench.call());
      List<String> requests = bench.requests();
      assertThat(requests).hasSize(3);
      int descriptions = Collections.frequency(requests, "DescribeKey");
      assertThat(descriptions).isEqualTo(2);
      assertThat(DESCRIPTIONS / descriptions * BETWEEN_READINGS.toSeconds())
          .as("keys times processes")
          .isEqualTo(90_000);
    }
  }
}
