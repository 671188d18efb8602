package dev.enclave.gcp.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rule of docs/adr/0021, in every order of small cases. */
class ActivationTest {

  private static final Instant AT = Instant.parse("2026-11-28T09:00:00Z");
  private static final Activation FIRST = Activation.first("create");

  @Test
  void theFirstVersionIsActive_untilSomebodySaysOtherwise() {
    assertThat(FIRST.state(1, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.ACTIVE);
    assertThat(FIRST.state(2, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void whatWasActiveOnceVerifies_andWhatNeverWasIsPending() {
    Activation last = FIRST.activating(3, "rotate", AT);
    assertThat(last.state(1, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(last.state(2, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.PENDING);
    assertThat(last.state(3, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void whatAnActivationDisablesStaysSo_untilItIsLetVerifyOrSignAgain() {
    Activation last = FIRST.activatingAndDisabling(2, "rotate", AT).activating(3, "rotate", AT);
    assertThat(last.state(1, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.DISABLED);
    assertThat(last.state(2, CryptoKeyVersionState.ENABLED)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(last.retiring(1, "enable").state(1, CryptoKeyVersionState.ENABLED))
        .isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(last.activating(1, "enable", AT).state(1, CryptoKeyVersionState.ENABLED))
        .isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void retiringTheActiveOneLeavesNone_andRetiringAnotherLeavesIt() {
    Activation last = FIRST.activating(2, "rotate", AT);
    assertThat(last.retiring(2, "retire").active()).isZero();
    assertThat(last.retiring(3, "retire").active()).isEqualTo(2);
    assertThat(last.retiring(3, "retire").state(3, CryptoKeyVersionState.ENABLED))
        .isEqualTo(KeyState.VERIFY_ONLY);
  }

  @ParameterizedTest
  @EnumSource(CryptoKeyVersionState.class)
  void signsWithAnEnabledVersionAlone(CryptoKeyVersionState state) {
    assertThat(FIRST.state(1, state) == KeyState.ACTIVE)
        .isEqualTo(state == CryptoKeyVersionState.ENABLED);
  }

  @Test
  void twoRotators_inEveryOrder_haveOneWinner() {
    int orders =
        everyOrder(
            () -> {
              World world = new World();
              Rotator one = new Rotator(world, "one");
              Rotator other = new Rotator(world, "other");
              return new Case(
                  world,
                  List.of(one, other),
                  () -> {
                    assertThat(one.won ^ other.won).as("one winner").isTrue();
                    assertThat(world.last().active()).isEqualTo(one.won ? one.made : other.made);
                    requirePending(world, one.won ? other : one);
                  });
            });
    assertThat(orders).isGreaterThan(10);
  }

  @Test
  void threeRotators_inEveryOrder_haveOneWinner() {
    everyOrder(
        () -> {
          World world = new World();
          List<Rotator> rotators =
              List.of(
                  new Rotator(world, "one"),
                  new Rotator(world, "two"),
                  new Rotator(world, "three"));
          return new Case(
              world,
              rotators,
              () -> {
                List<Rotator> winners = rotators.stream().filter(r -> r.won).toList();
                assertThat(winners).hasSize(1);
                assertThat(world.last().active()).isEqualTo(winners.get(0).made);
                rotators.stream().filter(r -> !r.won).forEach(r -> requirePending(world, r));
              });
        });
  }

  @Test
  void aRotatorWhoseAnswersWereLost_inEveryOrder_decidesOnce() {
    everyOrder(
        () -> {
          World world = new World();
          Rotator loser = new Rotator(world, "unlucky").losingAnswers();
          Rotator other = new Rotator(world, "other");
          return new Case(
              world,
              List.of(loser, other),
              () -> {
                assertThat(loser.won ^ other.won).as("one winner").isTrue();
                assertThat(world.last().active()).isEqualTo(loser.won ? loser.made : other.made);
              });
        });
  }

  @Test
  void aRotatorThatDies_inEveryOrder_leavesAnotherItsTurn() {
    for (int steps = 0; steps <= 4; steps++) {
      int survived = steps;
      everyOrder(
          () -> {
            World world = new World();
            Rotator dead = new Rotator(world, "dead").dyingAfter(survived);
            Rotator other = new Rotator(world, "other");
            return new Case(
                world,
                List.of(dead, other),
                () -> {
                  assertThat(dead.won && other.won).isFalse();
                  assertThat(world.last().active()).isNotEqualTo(1);
                });
          });
    }
  }

  @Test
  void aRotatorAndAnAdministratorWhoRetires_inEveryOrder_neverLeaveTwoActive() {
    everyOrder(
        () -> {
          World world = new World();
          Rotator rotator = new Rotator(world, "rotate");
          Retirer retirer = new Retirer(world, 1);
          return new Case(
              world,
              List.of(rotator, retirer),
              () -> {
                assertThat(world.last().used().contains(1)).isTrue();
                assertThat(world.last().active()).isEqualTo(rotator.won ? rotator.made : 0);
              });
        });
  }

  @Test
  void aRotatorAndAnAdministratorWhoDisables_inEveryOrder_neverLeaveTwoActive() {
    everyOrder(
        () -> {
          World world = new World();
          Rotator rotator = new Rotator(world, "rotate");
          Actor disabler =
              new Actor() {
                private boolean done;

                @Override
                public boolean step() {
                  world.versions.put(1, CryptoKeyVersionState.DISABLED);
                  done = true;
                  return true;
                }

                @Override
                public boolean done() {
                  return done;
                }
              };
          return new Case(
              world,
              List.of(rotator, disabler),
              () -> assertThat(world.state(1)).isEqualTo(KeyState.DISABLED));
        });
  }

  private static void requirePending(World world, Rotator loser) {
    if (loser.made > 0 && loser.made != world.last().active()) {
      assertThat(world.state(loser.made)).isEqualTo(KeyState.PENDING);
    }
  }

  /** What is in Cloud KMS: versions that are given numbers, records that are made once. */
  private static final class World {

    final Map<Integer, CryptoKeyVersionState> versions =
        new TreeMap<>(Map.of(1, CryptoKeyVersionState.ENABLED));
    final Map<Integer, Activation> records = new TreeMap<>(Map.of(1, FIRST));

    Activation last() {
      return Objects.requireNonNull(records.get(records.size()));
    }

    int makeVersion() {
      int number = versions.size() + 1;
      versions.put(number, CryptoKeyVersionState.ENABLED);
      return number;
    }

    boolean record(Activation next) {
      return records.putIfAbsent(next.number(), next) == null;
    }

    KeyState state(int number) {
      return last().state(number, Objects.requireNonNull(versions.get(number)));
    }

    void requireSound() {
      assertThat(versions.keySet().stream().filter(n -> state(n) == KeyState.ACTIVE).count())
          .as("active versions")
          .isLessThanOrEqualTo(1);
    }
  }

  private interface Actor {

    /** One request; false if it made none. */
    boolean step();

    boolean done();
  }

  /** As GcpRotator goes about it: read, make, read again, record. */
  private static final class Rotator implements Actor {

    private final World world;
    private final String operation;
    private boolean losing;
    private int mortal = Integer.MAX_VALUE;
    private int at;
    private List<Integer> before = List.of();
    private Activation read = FIRST;
    int made;
    boolean won;

    Rotator(World world, String operation) {
      this.world = world;
      this.operation = operation;
    }

    Rotator losingAnswers() {
      losing = true;
      return this;
    }

    Rotator dyingAfter(int steps) {
      mortal = steps;
      return this;
    }

    @Override
    public boolean done() {
      return at >= 4 || at >= mortal;
    }

    @Override
    public boolean step() {
      switch (at++) {
        case 0 -> {
          before = List.copyOf(world.versions.keySet());
          if (world.last().active() != 1) {
            at = 4;
          }
        }
        case 1 -> {
          int number = world.makeVersion();
          made = losing ? adopted() : number;
        }
        case 2 -> {
          read = world.last();
          if (read.active() != 1) {
            at = 4;
          }
        }
        default -> {
          Activation next = read.activating(made, operation, AT);
          boolean heard = world.record(next) && !losing;
          won = heard || next.equals(world.records.get(next.number()));
          if (!won && world.last().active() == 1) {
            // Another decision, about another version: as GcpRotator, look again.
            at = 2;
          }
        }
      }
      return true;
    }

    /** The answer was lost: the lowest version that came since and was never active. */
    private int adopted() {
      return world.versions.keySet().stream()
          .filter(number -> !before.contains(number))
          .filter(number -> !world.last().used().contains(number))
          .findFirst()
          .orElseThrow();
    }
  }

  /** As GcpStateChanger goes about it. */
  private static final class Retirer implements Actor {

    private final World world;
    private final int version;
    private int at;
    private Activation read = FIRST;

    Retirer(World world, int version) {
      this.world = world;
      this.version = version;
    }

    @Override
    public boolean done() {
      return at >= 2;
    }

    @Override
    public boolean step() {
      if (at == 0) {
        read = world.last();
        at = read.active() == version ? 1 : 2;
      } else {
        at = world.record(read.retiring(version, "retire")) ? 2 : 0;
      }
      return true;
    }
  }

  private record Case(World world, List<? extends Actor> actors, Runnable end) {}

  /** Plays every order of the actors' steps; each play begins anew. Returns how many there were. */
  private static int everyOrder(Supplier<Case> cases) {
    int played = 0;
    List<Choice> choices = new ArrayList<>();
    do {
      play(cases.get(), choices);
      played++;
      assertThat(played).isLessThan(100_000);
    } while (next(choices));
    return played;
  }

  /** Who of those that could went on. */
  private record Choice(int taken, int of) {}

  private static void play(Case play, List<Choice> choices) {
    int turn = 0;
    for (List<? extends Actor> able = able(play); !able.isEmpty(); able = able(play)) {
      if (choices.size() == turn) {
        choices.add(new Choice(0, able.size()));
      }
      able.get(choices.get(turn).taken()).step();
      play.world().requireSound();
      turn++;
    }
    play.end().run();
  }

  private static List<? extends Actor> able(Case play) {
    return play.actors().stream().filter(actor -> !actor.done()).toList();
  }

  private static boolean next(List<Choice> choices) {
    while (!choices.isEmpty()) {
      Choice last = choices.remove(choices.size() - 1);
      if (last.taken() + 1 < last.of()) {
        choices.add(new Choice(last.taken() + 1, last.of()));
        return true;
      }
    }
    return false;
  }
}
