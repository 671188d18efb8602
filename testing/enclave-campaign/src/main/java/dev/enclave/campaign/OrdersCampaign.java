package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.RequestTurns;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.Turns;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two processes that make or rotate one key, in many orders of their requests: one wins, and the
 * other leaves no private key that can be used. Nothing of a race depends on the machine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
public abstract class OrdersCampaign {

  private static final int ORDERS = Integer.getInteger("enclave.campaign.orders", 25);

  /** One racer stops before it decides, and the other one afterwards. */
  private static final int SWITCHES = 2;

  private static final String WON = "won";

  private final CloudUnderTest cloud;
  private Bench bench;
  private RequestTurns turns;
  private Enclave first;
  private Enclave second;
  private int races;

  /** Against this cloud. */
  protected OrdersCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @BeforeAll
  void start() {
    bench = new Bench(cloud);
    turns = new RequestTurns(bench.faults);
    first = bench.openCalm(turns.time(bench.time()));
    second = bench.openCalm(turns.time(bench.time()));
    // What a process asks once is not part of a race.
    SigningKey key = first.createKey(spec("warm"));
    rotate(first, key);
    rotate(second, key);
  }

  @AfterAll
  void stop() {
    first.close();
    second.close();
    bench.close();
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void oneOfTwoCreatorsWins_andTheOtherLeavesNothing() throws Exception {
    long before = live();
    int orders =
        Turns.inOrders(
            SWITCHES,
            ORDERS,
            race -> {
              KeySpec<SigningKey> spec = spec("created-" + races++);
              requireOneWins(
                  race,
                  () -> first.createKey(spec),
                  () -> second.createKey(spec),
                  ErrorCode.KEY_ALREADY_EXISTS);
            });
    assertThat(live()).isEqualTo(before + orders);
    System.out.println("two creators: " + orders + " orders of the requests");
  }

  @Test
  void oneOfTwoRotatorsWins_andTheOtherLeavesNothing() throws Exception {
    long before = live();
    int orders =
        Turns.inOrders(
            SWITCHES,
            ORDERS,
            race -> {
              SigningKey key = first.createKey(spec("rotated-" + races++));
              RotationRequest request = RotationRequest.ifActive(key.activeVersion());
              requireOneWins(
                  race,
                  () -> rotate(first, key, request),
                  () -> rotate(second, key, request),
                  ErrorCode.ROTATION_CONFLICT);
              assertThat(first.signingKeys().key(key.handle()).info().versions())
                  .as("%s", race)
                  .extracting(KeyVersion::state)
                  .filteredOn(state -> state != KeyState.DESTROYED)
                  .containsExactlyInAnyOrder(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
            });
    assertThat(live()).isEqualTo(before + 2L * orders);
    System.out.println("two rotators: " + orders + " orders of the requests");
  }

  private void requireOneWins(Turns race, Runnable one, Runnable other, ErrorCode lost)
      throws Exception {
    turns.follow(race);
    List<Callable<String>> racers = List.of(() -> said(one), () -> said(other));
    assertThat(race.race(racers)).as("%s", race).containsExactlyInAnyOrder(WON, lost.name());
  }

  private static void rotate(Enclave enclave, SigningKey key) {
    rotate(enclave, key, RotationRequest.now());
  }

  private static void rotate(Enclave enclave, SigningKey key, RotationRequest request) {
    enclave.admin().key(key.handle()).rotate(request);
  }

  private static String said(Runnable attempt) {
    try {
      attempt.run();
      return WON;
    } catch (EnclaveException e) {
      return e.code().name();
    }
  }

  /** How many private keys of the account can be used. */
  private long live() {
    try (CloudAccount account = bench.account()) {
      return account.keys().values().stream().filter(CloudAccount.State.LIVE::equals).count();
    }
  }
}
