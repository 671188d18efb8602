package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that dies after any of its changes leaves nothing half decided. */
class CutRotationTest {

  private static final KeyName NAME = KeyName.of("wallet");
  private static final int CHANGES = 6;

  private final MutableClock clock = new MutableClock();
  private int calls;

  static Stream<Supplier<MemoryService>> services() {
    return Stream.of(MemoryService::ofNames, MemoryService::ofLists, MemoryService::ofRecords);
  }

  /** One step of a process. */
  private interface Step<T> {
    T of(CallContext call) throws BackendFailure;
  }

  private <T> T tried(String operationId, Step<T> step) throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        Deadline deadline = Deadline.in(Duration.ofMinutes(1), clock);
        return step.of(CallContext.of(operationId, attempt, deadline, clock));
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || attempt == 5) {
          throw e;
        }
        clock.advance(Duration.ofSeconds(10));
      }
    }
  }

  private <T> T done(Step<T> step) throws BackendFailure {
    clock.advance(Duration.ofSeconds(10));
    return tried("op-" + calls++, step);
  }

  private SigningBackend open(MemoryService service) throws Exception {
    return service.open(
        BackendHarness.of(service, new SecureRandom()).on(clock, Duration.ofMinutes(1)).context());
  }

  private static KeyRotator rotator(SigningBackend backend) {
    return backend.capability(KeyRotator.class).orElseThrow();
  }

  private KeySnapshot created(SigningBackend backend) throws BackendFailure {
    return done(
        call ->
            backend
                .capability(KeyCreator.class)
                .orElseThrow()
                .create(
                    CreateRequest.of(
                        NAME,
                        SigningAlgorithm.ED25519,
                        RotationInterval.NEVER,
                        EnvironmentType.DEVELOPMENT,
                        call.operationId()),
                    call));
  }

  @ParameterizedTest
  @MethodSource("services")
  void ofARotationForACompromise_theOldVersionIsOffOrActive(Supplier<MemoryService> services)
      throws Exception {
    for (int cut = 0; cut <= CHANGES; cut++) {
      MemoryService service = services.get();
      SigningBackend dying = open(service);
      KeyVersion old = created(dying).active().orElseThrow();
      RotateRequest request = RotateRequest.of(NAME, old.id(), "stolen", KeyState.DISABLED);
      KeyVersion next = done(call -> rotator(dying).prepare(request, call));
      clock.advance(Duration.ofSeconds(10));
      service.cutAfter(cut);
      try {
        tried("stolen", call -> rotator(dying).activate(request, next.id(), call));
      } catch (BackendFailure e) {
        assertThat(e.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
      }
      service.cutAfter(Integer.MAX_VALUE);

      SigningBackend other = open(service);
      KeySnapshot read = done(call -> other.load(NAME, call));
      boolean decided = read.active().orElseThrow().id().equals(next.id());
      assertThat(read.version(old.id()).orElseThrow().state())
          .as("cut after %s changes", cut)
          .isEqualTo(decided ? KeyState.DISABLED : KeyState.ACTIVE);
      if (decided) {
        RotationInterval quarterly = RotationInterval.every(Duration.ofDays(90));
        done(call -> rotator(other).changeInterval(NAME, quarterly, call));
      } else {
        tried("stolen", call -> rotator(other).activate(request, next.id(), call));
      }
      assertThat(service.isOn(old.providerUri())).isFalse();
      assertThat(done(call -> other.load(NAME, call)).version(old.id()).orElseThrow().state())
          .isEqualTo(KeyState.DISABLED);
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void anOlderVersionSignsAgain_onceItIsReinstated(Supplier<MemoryService> services)
      throws Exception {
    MemoryService service = services.get();
    SigningBackend backend = open(service);
    SigningBackend other = open(service);
    KeyVersion old = created(backend).active().orElseThrow();
    RotateRequest away = RotateRequest.of(NAME, old.id(), "away", KeyState.VERIFY_ONLY);
    KeyVersion next = done(call -> rotator(backend).prepare(away, call));
    done(call -> rotator(backend).activate(away, next.id(), call));
    RotateRequest back = RotateRequest.of(NAME, next.id(), "back", KeyState.VERIFY_ONLY);
    for (int time = 0; time < 2; time++) {
      KeySnapshot again = done(call -> rotator(backend).reinstate(back, old.id(), call));
      assertThat(again.active().orElseThrow().id()).isEqualTo(old.id());
      assertThat(again.version(next.id()).orElseThrow().state()).isEqualTo(KeyState.VERIFY_ONLY);
      KeySnapshot read = done(call -> other.load(NAME, call));
      assertThat(read).isEqualTo(again);
    }
    assertThatThrownBy(() -> done(call -> rotator(backend).reinstate(back, next.id(), call)))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CONFLICT));
  }
}
