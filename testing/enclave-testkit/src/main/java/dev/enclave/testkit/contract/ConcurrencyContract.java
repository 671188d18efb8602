package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.internal.Racers;
import dev.enclave.testkit.internal.bench.AttemptRunner.Outcome;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Several threads, several replicas: one winner, one active version, valid signatures. */
public interface ConcurrencyContract extends BackendUnderTest {

  /** How many race; enough to overlap on two cores. */
  int RACERS = 4;

  @Test
  default void makesOneKey_whenCreatorsRaceForAName() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          KeyName name = bench.freshName();
          List<CreateRequest> requests = new ArrayList<>();
          for (int i = 0; i < RACERS; i++) {
            requests.add(bench.request(name, bench.signingAlgorithm()));
          }
          List<Outcome<KeySnapshot>> outcomes = raceToCreate(bench, requests);
          assertThat(succeeded(outcomes)).hasSize(1);
          assertThat(codes(outcomes)).hasSize(RACERS - 1).containsOnly(FailureCode.ALREADY_EXISTS);
          KeySnapshot winner = succeeded(outcomes).get(0);
          bench.settle();
          assertThat(bench.load(name)).isEqualTo(winner);
        });
  }

  @Test
  default void makesOneKey_whenAttemptsOfOneCreationOverlap() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          CreateRequest request = bench.request(bench.freshName(), bench.signingAlgorithm());
          List<Outcome<KeySnapshot>> outcomes =
              raceToCreate(bench, Collections.nCopies(RACERS, request));
          assertThat(succeeded(outcomes)).hasSize(RACERS);
          assertThat(Set.copyOf(succeeded(outcomes))).hasSize(1);
        });
  }

  private static List<Outcome<KeySnapshot>> raceToCreate(
      Workbench bench, List<CreateRequest> requests) throws Exception {
    return Racers.race(
        requests.stream()
            .map(
                request ->
                    (Callable<Outcome<KeySnapshot>>)
                        () ->
                            bench.attempt(
                                request.operationId(), call -> bench.create(request, call)))
            .toList());
  }

  @Test
  default void activatesOneVersion_whenRotatorsRace() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          List<Outcome<KeySnapshot>> outcomes =
              Racers.race(
                  Collections.nCopies(
                      RACERS, (Callable<Outcome<KeySnapshot>>) () -> tryToRotate(bench, key)));
          List<KeyVersionId> won =
              succeeded(outcomes).stream().map(k -> k.active().orElseThrow().id()).toList();
          assertThat(won).as("winners; the others: %s", outcomes).isNotEmpty();
          assertThat(codes(outcomes)).allMatch(FailureCode.CONFLICT::equals);
          if (bench.harness().expects(BackendTrait.COMPARE_AND_SET)) {
            assertThat(won).as("winners under COMPARE_AND_SET").hasSize(1);
          }
          bench.settle();
          KeySnapshot settled = bench.load(key.name());
          assertThat(won).contains(settled.active().orElseThrow().id());
          assertThat(bench.load(key.name())).isEqualTo(settled);
          assertThat(settled.versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
        });
  }

  private static Outcome<KeySnapshot> tryToRotate(Workbench bench, KeySnapshot key)
      throws InterruptedException {
    KeyRotator rotator = bench.capability(KeyRotator.class);
    RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
    Outcome<KeyVersion> prepared =
        bench.attempt(request.operationId(), call -> rotator.prepare(request, call));
    if (prepared instanceof Outcome.Done<KeyVersion> done) {
      KeyVersionId next = done.value().id();
      return bench.attempt(request.operationId(), call -> rotator.activate(request, next, call));
    }
    return new Outcome.Failed<>(((Outcome.Failed<KeyVersion>) prepared).failure());
  }

  @Test
  default void signsValidlyOrNotAtAll_whileTheKeyRotates() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          List<Callable<Optional<FailureCode>>> tasks = new ArrayList<>();
          for (int i = 0; i < RACERS; i++) {
            tasks.add(() -> tryToSign(bench, key));
          }
          tasks.add(
              () -> {
                bench.rotate(key);
                return Optional.empty();
              });
          List<Optional<FailureCode>> ends = Racers.race(tasks);
          assertThat(ends.stream().flatMap(Optional::stream))
              .allMatch(FailureCode.INVALID_STATE::equals);
        });
  }

  /** Signs with the version seen before the rotation, a few times; why it stopped, if it did. */
  private static Optional<FailureCode> tryToSign(Workbench bench, KeySnapshot key)
      throws InterruptedException {
    KeyVersion version = key.active().orElseThrow();
    for (int i = 0; i < 10; i++) {
      SigningInput input = bench.input(key.algorithm());
      Outcome<RawSignature> outcome =
          bench.attempt(bench.freshId(), call -> bench.sign(key.ref(version), input, call));
      if (outcome instanceof Outcome.Failed<RawSignature> failed) {
        return Optional.of(failed.failure().code());
      }
      Verification.requireSigned(version, input, ((Outcome.Done<RawSignature>) outcome).value());
    }
    return Optional.empty();
  }

  @Test
  default void signsForManyThreadsAtOnce() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          List<Optional<FailureCode>> ends =
              Racers.race(
                  Collections.nCopies(
                      2 * RACERS, (Callable<Optional<FailureCode>>) () -> tryToSign(bench, key)));
          assertThat(ends).containsOnly(Optional.empty());
        });
  }

  private static <T> List<T> succeeded(List<Outcome<T>> outcomes) {
    List<T> values = new ArrayList<>();
    for (Outcome<T> outcome : outcomes) {
      if (outcome instanceof Outcome.Done<T> done) {
        values.add(done.value());
      }
    }
    return values;
  }

  private static <T> List<FailureCode> codes(List<Outcome<T>> outcomes) {
    List<BackendFailure> failures = new ArrayList<>();
    for (Outcome<T> outcome : outcomes) {
      if (outcome instanceof Outcome.Failed<T> failed) {
        failures.add(failed.failure());
      }
    }
    return failures.stream().map(BackendFailure::code).collect(Collectors.toList());
  }
}
