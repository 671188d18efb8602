package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.testkit.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeftOversTest {

  private static final KeyName KEY = KeyName.of("wallet");

  private static final Decision NOTHING = Decision.first("1", "create");

  private final MutableClock clock = new MutableClock();
  private final List<String> done = new ArrayList<>();

  /** Reads the key. */
  @FunctionalInterface
  private interface Reading {
    @Nullable LedgerKey read() throws BackendFailure;
  }

  private static ServiceKey version(String id) {
    return new ServiceKey(
        id, id, Instant.EPOCH, Instant.EPOCH, Material.ON, KeyOrigin.GENERATED, Map.of(), "");
  }

  private static LedgerKey key(Decision decision, String... versions) {
    KeyMetadata metadata =
        new KeyMetadata(
            KEY,
            SigningAlgorithm.ED25519,
            StampReading.none(),
            RotationInterval.NEVER,
            "",
            false,
            "",
            Instant.EPOCH);
    return LedgerKey.of(
        metadata, Arrays.stream(versions).map(LeftOversTest::version).toList(), decision, "");
  }

  /** Notes what is asked of the service, which shows something else when it is asked again. */
  private boolean discarded(Reading again) throws BackendFailure {
    RecordService service =
        (RecordService)
            Proxy.newProxyInstance(
                RecordService.class.getClassLoader(),
                new Class<?>[] {RecordService.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "refusals" -> new Refusals(BackendId.of("memory"), "the service");
                      case "read", "readWithLeftOver" -> {
                        done.add("look");
                        yield done.size() == 1
                            ? Optional.of(key(NOTHING, "1", "2"))
                            : Optional.ofNullable(again.read());
                      }
                      case "turn" -> {
                        done.add(arguments[1].equals(true) ? "on" : "off");
                        yield arguments[0];
                      }
                      case "remove" -> {
                        done.add("give up");
                        yield ((ServiceKey) arguments[0]).with(Material.GONE);
                      }
                      case "requireNeverNamed" -> null;
                      default -> throw new AssertionError(method);
                    });
    done.clear();
    CallContext call = CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
    return new RecordedWinners(service).discard(Orphan.of("2", KEY, Instant.EPOCH), call);
  }

  @Test
  void destroysWhatNobodyWants_onceItIsOff() throws BackendFailure {
    assertThat(discarded(() -> key(NOTHING, "1", "2"))).isTrue();
    assertThat(done).containsExactly("look", "off", "look", "give up");
  }

  @Test
  void switchesOnAgain_whatSomebodyActivated() throws BackendFailure {
    Decision rotated = NOTHING.activating("2", KeyState.VERIFY_ONLY, "rotate", Instant.EPOCH);
    assertThat(discarded(() -> key(rotated, "1", "2"))).isFalse();
    assertThat(done).containsExactly("look", "off", "look", "on");
  }

  @Test
  void isDone_withWhatIsGone() throws BackendFailure {
    assertThat(discarded(() -> null)).isTrue();
    assertThat(done).containsExactly("look", "off", "look");
    assertThat(discarded(() -> key(NOTHING, "1"))).isTrue();
    assertThat(done).containsExactly("look", "off", "look");
  }

  @Test
  void saysThatTheVersionIsOff_whenItCannotLookAgain() {
    Reading none =
        () -> {
          throw BackendFailure.transientFailure(FailureCode.TIMEOUT, "No answer.");
        };
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> discarded(none));

    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageStartingWith("Version 2 of key wallet was switched off.");
  }
}
