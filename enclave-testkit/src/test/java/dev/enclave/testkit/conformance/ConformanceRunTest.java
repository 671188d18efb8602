package dev.enclave.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.conformance.ConformanceReport.Result;
import dev.enclave.testkit.contract.BackendHarness;
import dev.enclave.testkit.contract.SigningContract;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConformanceRunTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void runsEveryContract_andTellsOfEachTest() {
    List<Result> told = new ArrayList<>();
    ConformanceReport report = new ConformanceRun(harness(provider())).run(told::add);
    assertThat(report.conforms()).as("%s", report).isTrue();
    assertThat(told).hasSameSizeAs(report.results()).hasSizeGreaterThan(90);
    assertThat(report.byContract()).hasSize(21).containsKey(SigningContract.class.getSimpleName());
  }

  @Test
  void saysWhichTestFailed_andWhy() {
    InMemoryProvider provider = provider();
    BackendHarness wrong = harness(provider).expecting(BackendTrait.PERSISTENT);
    ConformanceReport report = new ConformanceRun(wrong).run(result -> {});
    assertThat(report.conforms()).isFalse();
    assertThat(report.results())
        .filteredOn(result -> !result.passed())
        .anySatisfy(
            result -> {
              assertThat(result.contract()).isEqualTo("DescriptionContract");
              assertThat(result.test()).isEqualTo("describesExactlyTheExpectedTraits");
              assertThat(result.problem().orElseThrow()).contains("PERSISTENT");
            });
  }

  @Test
  void namesEveryKeyThatItMade() {
    InMemoryProvider provider = provider();
    List<KeyName> alsoTold = new ArrayList<>();
    BackendHarness harness = harness(provider).naming(alsoTold::add);
    ConformanceReport report = new ConformanceRun(harness).run(result -> {});
    assertThat(report.names())
        .isNotEmpty()
        .allSatisfy(n -> assertThat(n.value()).startsWith("contract-"));
    assertThat(Set.copyOf(alsoTold)).isEqualTo(report.names());
  }

  private static InMemoryProvider provider() {
    return new InMemoryProvider()
        .algorithms(Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.AES_256_GCM));
  }

  private static BackendHarness harness(InMemoryProvider provider) {
    BackendHarness harness = BackendHarness.of(provider, RANDOM).expecting(provider.traits());
    return harness.adopting(
        algorithm -> provider.placeForeignKey(algorithm, harness.time().now(), RANDOM));
  }
}
