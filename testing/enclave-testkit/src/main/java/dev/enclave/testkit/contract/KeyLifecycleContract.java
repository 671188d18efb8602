package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys are created once, read back as they are, and found again. */
public interface KeyLifecycleContract extends BackendUnderTest {

  @Test
  default void creates_oneActiveVersionWithItsPublicKey() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          CreateRequest request = bench.request(bench.freshName(), bench.signingAlgorithm());
          KeySnapshot key =
              bench.succeed(request.operationId(), call -> bench.create(request, call));
          assertThat(key.name()).isEqualTo(request.name());
          assertThat(key.algorithm()).isEqualTo(request.algorithm());
          assertThat(key.providerUri()).isNotBlank();
          assertThat(key.versions()).hasSize(1);
          KeyVersion version = key.versions().get(0);
          assertThat(version.state()).isEqualTo(KeyState.ACTIVE);
          assertThat(version.providerUri()).isNotBlank();
          assertThat(version.publicKey().orElseThrow().algorithm()).isEqualTo(request.algorithm());
        });
  }

  @Test
  default void loads_whatWasCreated() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot created = bench.create();
          assertThat(bench.load(created.name())).isEqualTo(created);
        });
  }

  @Test
  default void loads_theSameTwice() {
    Workbench.with(
        harness(),
        bench -> {
          KeyName name = bench.create().name();
          assertThat(bench.load(name)).isEqualTo(bench.load(name));
        });
  }

  @Test
  default void keepsTheRotationInterval() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          for (RotationInterval interval :
              List.of(
                  RotationInterval.NEVER,
                  RotationInterval.POLICY,
                  RotationInterval.every(Duration.ofDays(90)))) {
            KeySnapshot key =
                bench.create(
                    CreateRequest.of(
                        bench.freshName(),
                        bench.signingAlgorithm(),
                        interval,
                        bench.harness().environment(),
                        bench.freshId()));
            assertThat(key.rotation()).isEqualTo(interval);
            assertThat(bench.load(key.name()).rotation()).isEqualTo(interval);
          }
        });
  }

  @Test
  default void returnsTheSameKey_whenTheSameOperationCreatesAgain() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          CreateRequest request = bench.request(bench.freshName(), bench.signingAlgorithm());
          KeySnapshot first = bench.create(request);
          KeySnapshot second = bench.create(request);
          assertThat(second).isEqualTo(first);
        });
  }

  @Test
  default void returnsTheSameKey_whenAnotherProcessRepeatsTheCreation() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        EnumSet.of(BackendTrait.CREATES, BackendTrait.PERSISTENT),
        bench -> {
          CreateRequest request = bench.request(bench.freshName(), bench.signingAlgorithm());
          KeySnapshot first = bench.create(request);
          bench.backend().close();
          Workbench.with(harness, another -> assertThat(another.create(request)).isEqualTo(first));
        });
  }

  @Test
  default void refusesASecondKeyOfTheName_andLeavesTheFirst() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          KeySnapshot first = bench.create();
          bench.refuse(
              FailureCode.ALREADY_EXISTS,
              call -> bench.create(bench.request(first.name(), first.algorithm()), call));
          assertThat(bench.load(first.name())).isEqualTo(first);
        });
  }

  @Test
  default void givesEveryNameItsOwnKey() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot one = bench.create();
          KeySnapshot other = bench.create();
          assertThat(one.providerUri()).isNotEqualTo(other.providerUri());
          assertThat(one.versions().get(0).publicKey())
              .isNotEqualTo(other.versions().get(0).publicKey());
        });
  }

  @Test
  default void takesNames_ofTheLongestAllowedLength() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          KeyName longest = bench.longestName();
          KeySnapshot key = bench.create(bench.request(longest, bench.signingAlgorithm()));
          assertThat(key.name()).isEqualTo(longest);
        });
  }

  @Test
  default void doesNotMixUpNames_ofWhichOneBeginsWithTheOther() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          KeySnapshot shorter = bench.create();
          KeyName longer =
              bench.name(shorter.name().value().substring("contract-".length()) + "-1");
          bench.refuse(FailureCode.NOT_FOUND, call -> bench.backend().load(longer, call));
          bench.create(bench.request(longer, bench.signingAlgorithm()));
          assertThat(bench.load(shorter.name())).isEqualTo(shorter);
        });
  }

  @Test
  default void listsItsKeys_sorted() {
    Workbench.with(
        harness(),
        BackendTrait.LISTS,
        bench -> {
          KeyLister lister = bench.capability(KeyLister.class);
          KeyName one = bench.create().name();
          KeyName other = bench.create().name();
          List<KeyName> names = bench.succeed(lister::list);
          assertThat(names).contains(one, other).isSorted().doesNotHaveDuplicates();
        });
  }

  @Test
  default void keepsKeysOverReopening_exactlyIfPersistent() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> {
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.reopened(
              reopened -> {
                if (harness.expects(BackendTrait.PERSISTENT)) {
                  assertThat(reopened.load(key.name())).isEqualTo(key);
                } else {
                  reopened.refuse(
                      FailureCode.NOT_FOUND, call -> reopened.backend().load(key.name(), call));
                }
              });
        });
  }

  @Test
  default void signsWithAKeyMadeBeforeReopening_exactlyIfPersistent() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.versions().get(0);
          bench.backend().close();
          bench.reopened(
              reopened -> {
                var input = reopened.input(key.algorithm());
                if (harness.expects(BackendTrait.PERSISTENT)) {
                  Verification.requireSigned(
                      version, input, reopened.sign(key.ref(version), input));
                } else {
                  reopened.refuse(
                      FailureCode.NOT_FOUND, call -> reopened.sign(key.ref(version), input, call));
                }
              });
        });
  }
}
