package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.Decision.Standing;
import dev.enclave.kit.key.ServiceKey.Material;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The rule of states, whole; decisions in every order of small cases; and how they are written. */
class DecisionTest {

  private static final Instant AT = Instant.parse("2026-11-28T09:00:00Z");
  private static final Decision FIRST = Decision.first("1", "create");

  private static KeyState state(Decision decision, int version, Material material) {
    return decision.standing(Integer.toString(version)).state(material);
  }

  private static int active(Decision decision) {
    return Integer.parseInt(decision.active().orElse("0"));
  }

  /** What is gone is destroyed, what is off disabled, what has no material pending; the rest: */
  @Test
  void everyStateFollowsFromMaterialAndDecision() {
    for (Material material : Material.values()) {
      for (Standing standing : Standing.values()) {
        KeyState expected =
            switch (material) {
              case GONE -> KeyState.DESTROYED;
              case OFF -> KeyState.DISABLED;
              case PENDING -> KeyState.PENDING;
              case ON ->
                  Map.of(
                          Standing.ACTIVE, KeyState.ACTIVE,
                          Standing.RETIRED, KeyState.VERIFY_ONLY,
                          Standing.OFF, KeyState.DISABLED,
                          Standing.UNNAMED, KeyState.PENDING)
                      .get(standing);
            };
        assertThat(standing.state(material)).isEqualTo(expected);
      }
    }
  }

  /** Whoever reads sees it, also if the process that decided died before it switched it off. */
  @Test
  void whatWasReplacedForACompromiseIsDisabled_untilSomebodySaysElse() {
    Decision last = FIRST.activating("2", KeyState.DISABLED, "rotate", AT);
    assertThat(state(last, 1, Material.ON)).isEqualTo(KeyState.DISABLED);
    Decision later = last.activating("3", KeyState.VERIFY_ONLY, "rotate", AT);
    assertThat(state(later, 1, Material.ON)).isEqualTo(KeyState.DISABLED);
    assertThat(state(later, 2, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(later.retiring("1", "admin"), 1, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(last.activating("1", KeyState.VERIFY_ONLY, "admin", AT), 1, Material.ON))
        .isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void readsWhatItWrote() {
    Decision last = FIRST;
    for (int version : new int[] {2, 3, 5, 12}) {
      KeyState left = version == 5 ? KeyState.DISABLED : KeyState.VERIFY_ONLY;
      last = last.activating(Integer.toString(version), left, "Op-1", AT.plusMillis(1));
    }
    assertThat(last.toTags("a-")).containsEntry("a-used", "1t3-5-12").containsEntry("a-off", "3");
    KeyHandle to = KeyHandle.parse("enclave:v1:aws-kms:account:payments:-");
    for (Decision each :
        List.of(
            last,
            last.retiring("12", "Op-2"),
            last.withRotation(RotationInterval.every(Duration.ofDays(90)), "Op-3"),
            last.withMovedTo(to, "Op-4"))) {
      assertThat(Decision.parse("a-", each.toTags("a-"))).contains(each);
      assertThat(Decision.parse("b-", each.toTags("a-"))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1t", "t1", "a", "1--2", "1-", "999999", "01"})
  void whatIsNoSetOfVersionsIsNoDecision(String text) {
    Map<String, String> tags = new TreeMap<>(FIRST.toTags(""));
    tags.put("used", text);
    assertThat(Decision.parse("", tags)).isEmpty();
  }

  @Test
  void theFirstVersionIsActive_untilSomebodySaysOtherwise() {
    assertThat(state(FIRST, 1, Material.ON)).isEqualTo(KeyState.ACTIVE);
    assertThat(state(FIRST, 2, Material.ON)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void whatWasActiveOnceVerifies_andWhatNeverWasIsPending() {
    Decision last = FIRST.activating("3", KeyState.VERIFY_ONLY, "rotate", AT);
    assertThat(state(last, 1, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(last, 2, Material.ON)).isEqualTo(KeyState.PENDING);
    assertThat(state(last, 3, Material.ON)).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void whatAnActivationDisablesStaysSo_untilItIsLetVerifyOrSignAgain() {
    Decision last =
        FIRST
            .activating("2", KeyState.DISABLED, "rotate", AT)
            .activating("3", KeyState.VERIFY_ONLY, "rotate", AT);
    assertThat(state(last, 1, Material.ON)).isEqualTo(KeyState.DISABLED);
    assertThat(state(last, 2, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(last.retiring("1", "enable"), 1, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(last.activating("1", KeyState.VERIFY_ONLY, "enable", AT), 1, Material.ON))
        .isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void retiringTheActiveOneLeavesNone_andRetiringAnotherLeavesIt() {
    Decision last = FIRST.activating("2", KeyState.VERIFY_ONLY, "rotate", AT);
    assertThat(active(last.retiring("2", "retire"))).isZero();
    assertThat(active(last.retiring("3", "retire"))).isEqualTo(2);
    assertThat(state(last.retiring("3", "retire"), 3, Material.ON)).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @ParameterizedTest
  @EnumSource(Material.class)
  void signsWithAnEnabledVersionAlone(Material state) {
    assertThat(state(FIRST, 1, state) == KeyState.ACTIVE).isEqualTo(state == Material.ON);
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
                    assertThat(active(world.last())).isEqualTo(one.won ? one.made : other.made);
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
                assertThat(active(world.last())).isEqualTo(winners.get(0).made);
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
                assertThat(active(world.last())).isEqualTo(loser.won ? loser.made : other.made);
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
                  assertThat(active(world.last())).isNotEqualTo(1);
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
                assertThat(world.last().used().contains("1")).isTrue();
                assertThat(active(world.last())).isEqualTo(rotator.won ? rotator.made : 0);
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
                  world.versions.put(1, Material.OFF);
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
    if (loser.made > 0 && loser.made != active(world.last())) {
      assertThat(world.state(loser.made)).isEqualTo(KeyState.PENDING);
    }
  }

  /** A service with versions that are given numbers, and records that are made once. */
  private static final class World {

    final Map<Integer, Material> versions = new TreeMap<>(Map.of(1, Material.ON));
    final Map<Integer, Decision> records = new TreeMap<>(Map.of(1, FIRST));

    Decision last() {
      return Objects.requireNonNull(records.get(records.size()));
    }

    int makeVersion() {
      int number = versions.size() + 1;
      versions.put(number, Material.ON);
      return number;
    }

    boolean record(Decision next) {
      return records.putIfAbsent(next.number(), next) == null;
    }

    KeyState state(int number) {
      return DecisionTest.state(last(), number, Objects.requireNonNull(versions.get(number)));
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

  /** As the ledger goes about it: read, make, read again, record. */
  private static final class Rotator implements Actor {

    private final World world;
    private final String operation;
    private boolean losing;
    private int mortal = Integer.MAX_VALUE;
    private int at;
    private List<Integer> before = List.of();
    private Decision read = FIRST;
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
          if (active(world.last()) != 1) {
            at = 4;
          }
        }
        case 1 -> {
          int number = world.makeVersion();
          made = losing ? adopted() : number;
        }
        case 2 -> {
          read = world.last();
          if (active(read) != 1) {
            at = 4;
          }
        }
        default -> {
          Decision next =
              read.activating(Integer.toString(made), KeyState.VERIFY_ONLY, operation, AT);
          boolean heard = world.record(next) && !losing;
          won = heard || next.equals(world.records.get(next.number()));
          if (!won && active(world.last()) == 1) {
            // Another decision, about another version: as the ledger, look again.
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
          .filter(number -> !world.last().used().contains(Integer.toString(number)))
          .findFirst()
          .orElseThrow();
    }
  }

  /** As the ledger goes about a change of state. */
  private static final class Retirer implements Actor {

    private final World world;
    private final int version;
    private int at;
    private Decision read = FIRST;

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
        at = active(read) == version ? 1 : 2;
      } else {
        at = world.record(read.retiring(Integer.toString(version), "retire")) ? 2 : 0;
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
