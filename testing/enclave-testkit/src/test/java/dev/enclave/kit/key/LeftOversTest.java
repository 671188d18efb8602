package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeftOversTest {

  private static final KeyName KEY = KeyName.of("wallet");

  private final MutableClock clock = new MutableClock();
  private final List<String> done = new ArrayList<>();

  /** Notes what is switched on or off, and has nothing else to do here. */
  private final class Service implements KeyService {

    @Override
    public Refusals refusals() {
      return new Refusals(BackendId.of("memory"), "the service");
    }

    @Override
    public void requireOffered(KeyAlgorithm algorithm) {}

    @Override
    public ServiceKey turn(ServiceKey key, boolean on, CallContext call) {
      done.add(on ? "on" : "off");
      return key.with(on ? Material.ON : Material.OFF);
    }

    @Override
    public Optional<PublicKeyInfo> publicKey(
        ServiceKey key, KeyAlgorithm algorithm, CallContext call) {
      return Optional.empty();
    }

    @Override
    public Assurance assurance(ServiceKey key, CallContext call) {
      return Assurance.HSM;
    }

    @Override
    public NamePage names(Optional<String> from, boolean read, CallContext call) {
      return new NamePage(Names.of(List.of(), Optional.empty()), Set.of());
    }
  }

  private static ServiceKey version(String id) {
    return new ServiceKey(
        id, id, Instant.EPOCH, Instant.EPOCH, Material.OFF, KeyOrigin.GENERATED, Map.of(), "");
  }

  private static LedgerKey key(String version) {
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
    return LedgerKey.of(metadata, List.of(version(version)), Decision.none(""), "");
  }

  private boolean discarded(LeftOvers.Reading again, boolean wanted) throws BackendFailure {
    CallContext call = CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
    return new LeftOvers(
            new Service(),
            (name, c) -> {
              done.add("look");
              return again.read(name, c);
            })
        .discard(
            KEY,
            version("2"),
            Duration.ZERO,
            (now, still) -> wanted,
            (now, still) -> done.add("give up"),
            call);
  }

  @Test
  void destroysWhatNobodyWants_onceItIsOff() throws BackendFailure {
    assertThat(discarded((name, call) -> Optional.of(key("2")), false)).isTrue();
    assertThat(done).containsExactly("off", "look", "give up");
  }

  @Test
  void switchesOnAgain_whatSomebodyActivated() throws BackendFailure {
    assertThat(discarded((name, call) -> Optional.of(key("2")), true)).isFalse();
    assertThat(done).containsExactly("off", "look", "on");
  }

  @Test
  void isDone_withWhatIsGone() throws BackendFailure {
    assertThat(discarded((name, call) -> Optional.empty(), false)).isTrue();
    assertThat(discarded((name, call) -> Optional.of(key("1")), true)).isTrue();
    assertThat(done).containsExactly("off", "look", "off", "look");
  }

  @Test
  void saysThatTheVersionIsOff_whenItCannotLookAgain() {
    LeftOvers.Reading none =
        (name, call) -> {
          throw BackendFailure.transientFailure(FailureCode.TIMEOUT, "No answer.");
        };
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> discarded(none, false));

    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageStartingWith("Version 2 of key wallet was switched off.");
  }
}
