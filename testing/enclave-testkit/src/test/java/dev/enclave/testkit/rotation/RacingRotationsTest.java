package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryStore;
import dev.enclave.testkit.Turns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes that rotate one key by hand at the same time, in every order of their calls. */
class RacingRotationsTest {

  private static final String WON = "won";
  private static final String LOST = ErrorCode.ROTATION_CONFLICT.name();

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Enclave> enclaves = new ArrayList<>();
  private int keys;

  private void open(int processes) {
    for (int i = 0; i < processes; i++) {
      replicas.add(new Replica(time, store, i).set("enclave.rotation.automatic", "off"));
      enclaves.add(replicas.get(i).open());
      // So that no race differs from the others in whether it has to be made, or read.
      enclaves.get(i).admin().statementKey();
    }
  }

  @AfterEach
  void close() {
    enclaves.forEach(Enclave::close);
  }

  @Test
  void oneOfTwoWins_andTheOtherLeavesNothing() throws Exception {
    open(2);
    assertThat(Turns.inEachOrder(3, this::race)).isGreaterThan(100);
  }

  @Test
  void oneOfThreeWins_andTheOthersLeaveNothing() throws Exception {
    open(3);
    assertThat(Turns.inEachOrder(2, this::race)).isGreaterThan(100);
  }

  @Test
  void takeWhatIsPublished_andLeaveNothing() throws Exception {
    open(2);
    int orders =
        Turns.inEachOrder(
            2,
            turns -> {
              SigningKey key = newKey();
              KeyInfo published = enclaves.get(0).admin().key(key.handle()).publishNext();
              List<String> outcomes = race(turns, key);
              assertThat(outcomes).as("%s", turns).containsAnyOf(WON).isSubsetOf(WON, LOST);
              assertThat(versions(key))
                  .as("%s", turns)
                  .extracting(KeyVersion::id)
                  .isEqualTo(published.versions().stream().map(KeyVersion::id).toList());
            });
    assertThat(orders).isGreaterThan(20);
  }

  private void race(Turns turns) throws Exception {
    SigningKey key = newKey();

    List<String> outcomes = race(turns, key);

    List<String> expected = new ArrayList<>(Collections.nCopies(enclaves.size() - 1, LOST));
    expected.add(WON);
    assertThat(outcomes).as("%s", turns).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(versions(key))
        .as("%s", turns)
        .extracting(KeyVersion::state)
        .filteredOn(state -> state != KeyState.DESTROYED)
        .containsExactlyInAnyOrder(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
  }

  private SigningKey newKey() {
    return enclaves
        .get(0)
        .createKey(KeySpec.named("key-" + keys++).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  /** What the replicas say, each of which rotates the key. */
  private List<String> race(Turns turns, SigningKey key) throws Exception {
    RotationRequest request = RotationRequest.ifActive(key.activeVersion());
    replicas.forEach(replica -> replica.keys.between = SharedKeys.by(turns));
    List<Callable<String>> racers = new ArrayList<>();
    for (Enclave enclave : enclaves) {
      racers.add(() -> rotate(enclave, key, request));
    }
    return turns.race(racers);
  }

  private List<KeyVersion> versions(SigningKey key) {
    return enclaves.get(0).signingKeys().key(key.handle()).info().versions();
  }

  private static String rotate(Enclave enclave, SigningKey key, RotationRequest request) {
    try {
      enclave.admin().key(key.handle()).rotate(request);
      return WON;
    } catch (EnclaveException e) {
      return e.code().name();
    }
  }
}
