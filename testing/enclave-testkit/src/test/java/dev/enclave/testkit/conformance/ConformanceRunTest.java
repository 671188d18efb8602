package dev.enclave.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.conformance.ConformanceReport.Result;
import dev.enclave.testkit.contract.SigningContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ConformanceRunTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void runsEveryContract_andTellsOfEachTest() {
    List<Result> told = new ArrayList<>();
    ConformanceReport report = new ConformanceRun(harness(provider())).run(told::add);
    assertThat(report.conforms()).as("%s", report).isTrue();
    assertThat(told).hasSameSizeAs(report.results()).hasSizeGreaterThan(90);
    assertThat(report.byContract()).hasSize(22).containsKey(SigningContract.class.getSimpleName());
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
  void namesEveryKeyThatItMade() throws BackendFailure {
    InMemoryProvider provider = provider();
    List<KeyName> alsoTold = new ArrayList<>();
    BackendHarness harness = harness(provider).naming(alsoTold::add);
    ConformanceReport report = new ConformanceRun(harness).run(result -> {});
    assertThat(report.names())
        .isNotEmpty()
        .allSatisfy(n -> assertThat(n.value()).startsWith("contract-"));
    assertThat(Set.copyOf(alsoTold)).isEqualTo(report.names());
    CallContext call =
        CallContext.of(
            "list", 1, Deadline.in(Duration.ofMinutes(1), harness.time()), harness.time());
    try (SigningBackend backend = provider.open(harness.context())) {
      assertThat(backend.capability(KeyLister.class).orElseThrow().list(call))
          .isNotEmpty()
          .isSubsetOf(report.names());
    }
  }

  @Test
  void tellsTestsOfOneMethodApart() {
    ConformanceReport report = new ConformanceRun(harness(provider())).run(result -> {});
    assertThat(report.results())
        .extracting(result -> result.contract() + "." + result.test())
        .contains("SigningContract.signsEveryDeclaredInput_ofED25519")
        .doesNotHaveDuplicates();
  }

  @Test
  void runsEveryContractForEachAlgorithm_soThatABrokenOneFailsAlone() throws BackendFailure {
    InMemoryProvider provider = provider(SigningAlgorithm.ECDSA_P256_SHA256);
    BackendHarness broken =
        harness(provider).opening(context -> new WithoutP256(provider.open(context)));
    ConformanceReport report =
        new ConformanceRun(broken)
            .run(
                Set.of(
                    SigningAlgorithm.ED25519,
                    SigningAlgorithm.ECDSA_P256_SHA256,
                    WrappingAlgorithm.AES_256_GCM),
                result -> {});
    assertThat(report.results())
        .filteredOn(result -> result.test().endsWith("[ED25519, AES_256_GCM]"))
        .hasSizeGreaterThan(90)
        .allMatch(Result::passed);
    assertThat(report.results())
        .filteredOn(result -> result.test().endsWith("[ECDSA_P256_SHA256]"))
        .hasSizeGreaterThan(90)
        .anySatisfy(
            result -> {
              assertThat(result.test()).isEqualTo("signsTheSameInputAgain [ECDSA_P256_SHA256]");
              assertThat(result.problem().orElseThrow())
                  .contains("There are no such signatures here");
            });
    assertThat(report.results()).extracting(Result::passed).contains(true, false);
  }

  @Test
  void makesNoKeyOfAnotherAlgorithm_whereSomeAreLeftOut() throws BackendFailure {
    InMemoryProvider provider = provider(SigningAlgorithm.ECDSA_P256_SHA256);
    Set<KeyAlgorithm> made = ConcurrentHashMap.newKeySet();
    BackendHarness watched =
        harness(provider).opening(context -> new Watched(provider.open(context), made));
    ConformanceReport report =
        new ConformanceRun(watched).runTogether(List.of(SigningAlgorithm.ED25519), result -> {});
    assertThat(report.conforms()).as("%s", report).isTrue();
    assertThat(made).containsExactly(SigningAlgorithm.ED25519);
  }

  @Test
  void pairsAlgorithms_andWantsOneThatSigns() {
    assertThat(
            ConformanceRun.rounds(
                List.of(
                    WrappingAlgorithm.AES_256_GCM,
                    WrappingAlgorithm.RSA_OAEP_3072_SHA256,
                    SigningAlgorithm.ED25519)))
        .containsExactly(
            Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.AES_256_GCM),
            Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.RSA_OAEP_3072_SHA256));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConformanceRun.rounds(List.of(WrappingAlgorithm.AES_256_GCM)))
        .withMessageContaining("Add one that signs");
  }

  /** Signs with everything but keys for P-256. The statement key is for Ed25519. */
  private static final class WithoutP256 extends BackendDecorator {

    WithoutP256(SigningBackend backend) {
      super(backend);
    }

    @Override
    public <C extends Capability> Optional<C> capability(Class<C> type) {
      Optional<C> whole = super.capability(type);
      return type == KeySigner.class ? whole.map(it -> type.cast(signer((KeySigner) it))) : whole;
    }

    private static KeySigner signer(KeySigner whole) {
      return (ref, input, call) -> {
        if (ref.algorithm().equals(SigningAlgorithm.ECDSA_P256_SHA256)) {
          throw BackendFailure.permanent(
              FailureCode.REJECTED, "There are no such signatures here.");
        }
        return whole.sign(ref, input, call);
      };
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      return call.run(context);
    }
  }

  /** Tells the algorithms of the keys that come of it. */
  private static final class Watched extends BackendDecorator {

    private final Set<KeyAlgorithm> made;

    Watched(SigningBackend backend, Set<KeyAlgorithm> made) {
      super(backend);
      this.made = made;
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      T answer = call.run(context);
      if (answer instanceof KeySnapshot key) {
        made.add(key.algorithm());
      }
      return answer;
    }
  }

  private static InMemoryProvider provider(KeyAlgorithm more) {
    return new InMemoryProvider()
        .algorithms(Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.AES_256_GCM, more));
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
