package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The cloud is gone after some request, however early or late in an application's life: nothing
 * takes its place, though a place that is open to everybody lies beside it (threat 7).
 */
@Tag("full")
class KilledCloudTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  /** The short form leaves out two of three. */
  private static final int EVERY = Boolean.getBoolean("enclave.soak.kills") ? 1 : 3;

  /** A process asks for a token in its first life alone. */
  private static final int FIRST_REQUESTS = 3;

  private static final int LEAST = 8;

  private static final Set<ErrorCode> GONE =
      Set.of(ErrorCode.BACKEND_UNAVAILABLE, ErrorCode.OUTCOME_UNKNOWN, ErrorCode.BREAKER_OPEN);

  /** Silence for less says nothing of a backend, so the engine tells of no deadline then. */
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(1);

  private int lives;

  @ParameterizedTest
  @EnumSource
  void nothingTakesItsPlace_whicheverRequestWasTheLast(Place place, @TempDir Path folder)
      throws Exception {
    try (Places places = new Places(folder)) {
      for (int last = 0; last < FIRST_REQUESTS; last++) {
        assertThat(lifeGoesWell(place, places, last)).isFalse();
      }
      int last = 0;
      while (!lifeGoesWell(place, places, last)) {
        last += EVERY;
      }
      System.out.println(
          place + ": killed after each of the first " + last + " requests of a life");
      assertThat(last).isGreaterThan(LEAST);
    }
  }

  /** Whether the application had all it needed before the cloud went. */
  private boolean lifeGoesWell(Place place, Places places, int last) {
    place
        .faults(places)
        .follow(FaultPlan.NONE.between("*", last + 1L, Integer.MAX_VALUE, Fault.resetBefore()));
    List<EnclaveException> errors = new ArrayList<>();
    String when = place + " after request " + last;
    attempt(errors, () -> live(place, places, errors));
    assertThat(errors)
        .as(when)
        .allMatch(e -> GONE.contains(e.code()) || e.code() == ErrorCode.DEADLINE_EXCEEDED);
    assertThat(places.machinesKeys).as(when).doesNotExist();
    for (Place other : place.others()) {
      assertThat(other.journal(places).entries()).as(when).isEmpty();
    }
    return errors.isEmpty();
  }

  private void live(Place place, Places places, List<EnclaveException> errors) {
    try (Enclave enclave = places.builder(place.environment(places)).with(places.time).open()) {
      assertThat(enclave.resolution().chosen()).isEqualTo(place.backend());
      attempt(errors, () -> use(enclave, place, "wallet-" + lives++, errors));
    }
  }

  /** Goes on after an error, as an application does that answers its next caller. */
  private static void use(
      Enclave enclave, Place place, String name, List<EnclaveException> errors) {
    SigningKey key =
        enclave.ensureKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    assertThat(key.handle().backend()).isEqualTo(place.backend());
    attempt(errors, () -> sign(key));
    attempt(
        errors,
        () ->
            enclave
                .admin()
                .key(key.handle())
                .rotate(RotationRequest.ifActive(key.activeVersion())));
    attempt(errors, () -> sign(key));
    attempt(errors, () -> enclave.admin().key(key.handle()).disable(key.activeVersion().id()));
  }

  private static void sign(SigningKey key) {
    SignatureValue signature = key.sign(MESSAGE);
    assertThat(key.verify(MESSAGE, signature)).isTrue();
  }

  /** A deadline ends a step only if the machine stands still: its pauses are skipped. */
  private static void attempt(List<EnclaveException> errors, Runnable step) {
    long begun = System.nanoTime();
    try {
      step.run();
    } catch (EnclaveException e) {
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      if (e.code() == ErrorCode.DEADLINE_EXCEEDED) {
        assertThat(took).as(e.getMessage()).isGreaterThanOrEqualTo(TIME_TO_ANSWER);
      }
      errors.add(e);
    }
  }
}
