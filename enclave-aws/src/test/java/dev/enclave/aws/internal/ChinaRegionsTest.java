package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.AdoptionContract;
import dev.enclave.testkit.contract.DescriptionContract;
import dev.enclave.testkit.contract.ImportContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The China Regions, where KMS has no AES and other ways in for private keys; and that ARNs of all
 * partitions are understood.
 */
@Tag("full")
class ChinaRegionsTest implements DescriptionContract, ImportContract, AdoptionContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static AwsKmsServer server;

  @BeforeAll
  static void start() {
    server = AwsKmsServer.builder().region("cn-north-1").clock(CLOCK::now).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    Supplier<AwsSession> sessions = () -> Sessions.with(server, CLOCK);
    return BackendHarness.of(new TestProvider(sessions), new SecureRandom())
        .expecting(TestProvider.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(new ForeignKmsKeys(sessions)::place);
  }

  @Test
  void makesNoKeyForAes_sinceItWouldBeSm4() {
    try (KmsBench bench = new KmsBench(settings -> settings.region("cn-northwest-1"))) {
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  bench.backend.create(
                      bench.request(KmsBench.NAME, WrappingAlgorithm.AES_256_GCM), bench.call()));
      assertThat(refusal.code()).isEqualTo(FailureCode.UNSUPPORTED);
      assertThat(refusal).hasMessageContaining("SM4");
      assertThat(bench.requests()).isEmpty();
      assertThat(bench.backend.describe().support(WrappingAlgorithm.AES_256_GCM)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"cn-north-1, aws-cn", "us-gov-west-1, aws-us-gov", "eu-west-1, aws"})
  void rotatesAndSigns_underTheArnsOfEveryPartition(String region, String partition)
      throws BackendFailure {
    try (KmsBench bench = new KmsBench(settings -> settings.region(region))) {
      KeySnapshot rotated = bench.rotate(bench.create(KeyName.of("wallet")));
      KeyVersion active = rotated.active().orElseThrow();
      assertThat(active.providerUri())
          .startsWith("arn:" + partition + ":kms:" + region + ":" + bench.server.account());
      assertThat(
              bench
                  .backend
                  .sign(rotated.ref(active), Message.ofUtf8("pay 10 to Alice"), bench.call())
                  .version())
          .isEqualTo(active.id());
      KeySnapshot adopted =
          bench.backend.adopt(KeyName.of("other"), active.providerUri(), bench.call());
      assertThat(adopted.providerUri()).isEqualTo(active.providerUri());
      assertThat(bench.backend.describe().authority())
          .isEqualTo(bench.server.account() + ":" + region);
    }
  }
}
