package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryStore;
import dev.enclave.testkit.Turns;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two processes that change or use one key at the same time, in every order of their calls. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RacingChangesTest {

  private static final int SWITCHES = Integer.getInteger("enclave.soak.switches", 2);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final List<Replica> replicas =
      Stream.of(1, 2, 3)
          .map(seed -> new Replica(time, store, seed).set("enclave.rotation.automatic", "off"))
          .toList();
  private final List<Enclave> enclaves = replicas.stream().map(Replica::open).toList();
  private final Enclave onlooker = enclaves.get(2);
  private int orders;

  /** A key that was rotated once, and its two versions. */
  private record Rotated(KeyHandle key, KeyVersionId old, KeyVersionId active) {}

  private enum Act {
    ROTATE,
    ROTATE_BY_ID,
    ROTATE_AFTER_COMPROMISE,
    PUBLISH,
    DISABLE_ACTIVE,
    DISABLE_OLD,
    DESTROY_OLD,
    CHANGE_INTERVAL,
    SIGN;

    /** What the process is told, or the code of the error. */
    Object by(Enclave enclave, Rotated rotated) {
      ManagedKey key = enclave.admin().key(rotated.key());
      RotationRequest rotation = RotationRequest.ifActive(rotated.active());
      try {
        return switch (this) {
          case ROTATE -> key.rotate(rotation);
          case ROTATE_BY_ID -> key.rotate(rotation.operationId("rotation-of-the-fleet"));
          case ROTATE_AFTER_COMPROMISE -> key.rotate(rotation.reason(RotationReason.COMPROMISE));
          case PUBLISH -> key.publishNext();
          case DISABLE_OLD -> key.disable(rotated.old());
          case DESTROY_OLD -> key.destroy(rotated.old());
          case DISABLE_ACTIVE -> key.disable(rotated.active());
          case CHANGE_INTERVAL -> key.changeRotation(RotationInterval.parse("P30D"));
          case SIGN -> enclave.signingKeys().key(rotated.key()).sign(MESSAGE);
        };
      } catch (EnclaveException e) {
        return e.code();
      }
    }
  }

  /** Of two of these one may be refused; what else happens at the same time is no reason. */
  private static final List<Set<Act>> CONTENDING =
      List.of(
          EnumSet.range(Act.ROTATE, Act.DISABLE_ACTIVE),
          EnumSet.of(Act.DISABLE_ACTIVE, Act.SIGN),
          EnumSet.of(Act.DISABLE_OLD, Act.DESTROY_OLD));

  @AfterAll
  void close() {
    enclaves.forEach(Enclave::close);
    System.out.println("two processes at one key: " + orders + " orders of their calls");
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(Act.values())
        .flatMap(
            one ->
                Arrays.stream(Act.values())
                    .filter(other -> other.compareTo(one) >= 0)
                    .map(other -> Arguments.of(one, other)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void leaveOneActiveVersion_andKeepWhatTheySaid(Act one, Act other) throws Exception {
    int before = orders;
    Turns.inEachOrder(SWITCHES, turns -> race(turns, one, other));
    assertThat(orders).isGreaterThan(before + 3);
  }

  private void race(Turns turns, Act one, Act other) throws Exception {
    Rotated rotated = rotatedKey();
    replicas.forEach(replica -> replica.keys.between = SharedKeys.by(turns));
    List<Callable<Object>> racers =
        List.of(() -> one.by(enclaves.get(0), rotated), () -> other.by(enclaves.get(1), rotated));

    List<Object> said = turns.race(racers);

    SigningKey key = onlooker.signingKeys().key(rotated.key());
    EnumSet<Act> acts = EnumSet.of(one, other);
    requireSound(turns, states(key), acts, said);
    assertThat(said).as("%s", turns).allSatisfy(it -> requireKept(it, key, acts));
  }

  private Rotated rotatedKey() {
    SigningKey key =
        enclaves
            .get(0)
            .createKey(
                KeySpec.named("key-" + orders++).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    KeyVersionId old = key.activeVersion().id();
    RotationResult result =
        enclaves.get(0).admin().key(key.handle()).rotate(RotationRequest.ifActive(old));
    return new Rotated(key.handle(), old, result.active().id());
  }

  private static List<KeyState> states(SigningKey key) {
    return key.info().versions().stream().map(KeyVersion::state).toList();
  }

  private static void requireSound(
      Turns turns, List<KeyState> states, Set<Act> acts, List<Object> said) {
    boolean switchedOff =
        acts.contains(Act.DISABLE_ACTIVE)
            && said.stream().noneMatch(RotationResult.class::isInstance);
    assertThat(states)
        .as("%s", turns)
        .filteredOn(KeyState.ACTIVE::equals)
        .hasSize(switchedOff ? 0 : 1);
    assertThat(said).as("%s", turns).anyMatch(it -> !(it instanceof ErrorCode));
    // What others may go on with stays, until it is reconciled.
    if (!acts.contains(Act.PUBLISH) && !acts.contains(Act.ROTATE_BY_ID)) {
      assertThat(states).as("%s", turns).doesNotContain(KeyState.PENDING);
    }
  }

  private static void requireKept(Object said, SigningKey key, Set<Act> acts) {
    KeyInfo now = key.info();
    if (said instanceof RotationResult result) {
      assertThat(now.active().map(KeyVersion::id)).contains(result.active().id());
      assertThat(now.version(result.previous().id()).orElseThrow().state())
          .isEqualTo(
              acts.contains(Act.DISABLE_ACTIVE) ? KeyState.DISABLED : result.previous().state());
    } else if (said instanceof SignatureValue signature) {
      KeyState state = now.version(signature.version()).orElseThrow().state();
      assertThat(key.verify(MESSAGE, signature)).isEqualTo(state != KeyState.DISABLED);
    } else if (said instanceof ErrorCode code) {
      assertThat(code).isIn(ErrorCode.ROTATION_CONFLICT, ErrorCode.KEY_NOT_ACTIVE);
      assertThat(CONTENDING)
          .as("one of %s was refused", acts)
          .anyMatch(set -> set.containsAll(acts));
    }
  }
}
