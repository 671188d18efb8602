package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several creators, several rotators, in every order in which their single requests and the
 * service's seconds can follow each other: one wins, nobody is told two winners, and no reader ever
 * sees one active version and later another that was not made active after it.
 */
@Tag("full")
class ElectionRacesTest {

  private static final long START = 100;
  private static final long SETTLING = 2;
  private static final String CLAIM = "enclave-active";

  /** One racer's next request, and what it knows. */
  private record Racer(String id, int step, long wroteAt, String end) {}

  /** A service, its clock, and everybody's progress. */
  private record World(
      TreeMap<String, ServiceKey> service, long second, List<Racer> racers, String seen) {

    World tick() {
      return new World(service, second + 1, racers, seen);
    }

    World with(ServiceKey version) {
      TreeMap<String, ServiceKey> changed = new TreeMap<>(service);
      changed.put(version.id(), version);
      return new World(changed, second, racers, seen);
    }

    World with(int index, Racer racer) {
      List<Racer> changed = new ArrayList<>(racers);
      changed.set(index, racer);
      return new World(service, second, List.copyOf(changed), seen);
    }

    Optional<LedgerKey> key(long lastSecond) {
      return ListedVersions.key(List.copyOf(service.values()), lastSecond);
    }

    LedgerKey everything() {
      return key(ElectedWinners.EVERYTHING).orElseThrow();
    }

    /** The version that is the key's first. */
    String first() {
      return everything().versions().get(0).id();
    }

    /** All that the future depends on. */
    String key() {
      StringBuilder key = new StringBuilder().append(second).append(seen);
      for (ServiceKey v : service.values()) {
        String claim = v.tags().getOrDefault(CLAIM, "");
        key.append('|').append(v.id()).append(v.createdAt().getEpochSecond()).append('/');
        key.append(claim.equals("2") ? "2/" + v.changedAt().getEpochSecond() + "?" : claim);
      }
      racers.forEach(r -> key.append('|').append(r.step()).append(r.wroteAt()).append(r.end()));
      return key.toString();
    }

    /** What a reader in this very moment takes for active; a letter, or nothing. */
    String active() {
      return key(second - SETTLING).flatMap(LedgerKey::active).map(ServiceKey::id).orElse("");
    }
  }

  @FunctionalInterface
  private interface Step {
    /** What the racer's next request does; nothing while it has to wait. */
    Optional<World> take(World world, int index);
  }

  private final Set<String> met = new HashSet<>();
  private final Set<List<String>> ends = new HashSet<>();

  @Test
  void hasOneCreator_inEveryOrderOfEvents() {
    explore(world("", "a", "b", "c"), ElectionRacesTest::create, START + 7);
    assertThat(met).hasSizeGreaterThan(1_000);
    assertThat(ends)
        .isNotEmpty()
        .allSatisfy(end -> assertThat(end).filteredOn("WON"::equals).hasSize(1));
  }

  @Test
  void hasOneKey_whoeverCreatesOrRestoresIt_inEveryOrderOfEvents() {
    explore(world("", "a", "b", "c"), (w, i) -> i == 0 ? create(w, i) : restore(w, i), START + 6);
    assertThat(met).hasSizeGreaterThan(1_000);
    assertThat(ends)
        .isNotEmpty()
        .allSatisfy(end -> assertThat(end).filteredOn("WON"::equals).hasSize(1));
    assertThat(ends).extracting(end -> end.indexOf("WON")).contains(0, 1, 2);
  }

  @Test
  void hasOneRotator_inEveryOrderOfEvents() {
    World start = world("0", "a", "b", "c").with(ListedVersions.first("0", START - 50));
    for (Racer racer : start.racers()) {
      start = start.with(ListedVersions.next(racer.id(), START - 10));
    }
    explore(start, ElectionRacesTest::rotate, START + 6);
    assertThat(met).hasSizeGreaterThan(1_000);
    assertThat(ends)
        .isNotEmpty()
        .allSatisfy(end -> assertThat(end).filteredOn("WON"::equals).hasSize(1));
  }

  @Test
  void wouldHaveTwo_withoutWaitingForTheSecondsEnd() {
    explore(world("", "a", "b"), (w, i) -> create(w, i, 0), START + 3);
    assertThat(ends).anySatisfy(end -> assertThat(end).containsExactly("WON", "WON"));
  }

  private static World world(String seen, String... ids) {
    List<Racer> racers = new ArrayList<>();
    for (String id : ids) {
      racers.add(new Racer(id, 0, 0, ""));
    }
    return new World(new TreeMap<>(), START, List.copyOf(racers), seen);
  }

  private void explore(World from, Step step, long until) {
    World world = observed(from);
    if (!met.add(world.key())) {
      return;
    }
    boolean done = true;
    for (int i = 0; i < world.racers().size(); i++) {
      if (world.racers().get(i).end().isEmpty()) {
        done = false;
        step.take(world, i).ifPresent(next -> explore(next, step, until));
      }
    }
    if (done) {
      ends.add(world.racers().stream().map(Racer::end).toList());
    } else if (world.second() < until) {
      explore(world.tick(), step, until);
    }
  }

  /** A reader looks all the time: what it has seen active stays so until a later one is. */
  private World observed(World world) {
    String active = world.active();
    if (!world.seen().isEmpty() && !active.equals(world.seen())) {
      assertThat(world.seen()).as("was active before " + active + " in " + world).isEqualTo("0");
      assertThat(active)
          .as("nothing is active after " + world.seen() + " in " + world)
          .isNotEmpty();
    }
    return new World(world.service(), world.second(), world.racers(), active);
  }

  private static Optional<World> create(World world, int index) {
    return create(world, index, SETTLING);
  }

  private static Optional<World> create(World world, int index, long wait) {
    Racer racer = world.racers().get(index);
    return switch (racer.step()) {
      case 0 ->
          Optional.of(
              world.with(
                  index,
                  world.service().isEmpty() || world.everything().unfinished()
                      ? new Racer(racer.id(), 1, 0, "")
                      : new Racer(racer.id(), 1, 0, "LOST")));
      case 1 ->
          Optional.of(
              world
                  .with(ListedVersions.first(racer.id(), world.second()))
                  .with(index, new Racer(racer.id(), 2, world.second(), "")));
      default ->
          world.second() - racer.wroteAt() < wait
              ? Optional.empty()
              : Optional.of(
                  world.with(
                      index, new Racer(racer.id(), 3, 0, created(world, racer) ? "WON" : "LOST")));
    };
  }

  private static boolean created(World world, Racer racer) {
    return world.first().equals(racer.id());
  }

  /** A key of two versions: read, bring one, bring the other, wait and look. */
  private static Optional<World> restore(World world, int index) {
    Racer racer = world.racers().get(index);
    return switch (racer.step()) {
      case 0 -> create(world, index);
      case 1, 2 ->
          Optional.of(
              world
                  .with(
                      ListedVersions.part(
                          racer.id() + racer.step(),
                          world.second(),
                          racer.id(),
                          racer.step(),
                          2,
                          racer.step() == 1 ? KeyState.VERIFY_ONLY : KeyState.ACTIVE))
                  .with(index, new Racer(racer.id(), racer.step() + 1, world.second(), "")));
      default ->
          world.second() - racer.wroteAt() < SETTLING
              ? Optional.empty()
              : Optional.of(
                  world.with(
                      index,
                      new Racer(
                          racer.id(),
                          4,
                          0,
                          world.first().equals(racer.id() + 1) ? "WON" : "LOST")));
    };
  }

  /** With a version prepared: read, claim, wait and look, write down or give up. */
  private static Optional<World> rotate(World world, int index) {
    Racer racer = world.racers().get(index);
    ServiceKey mine = Objects.requireNonNull(world.service().get(racer.id()));
    return switch (racer.step()) {
      case 0 ->
          Optional.of(
              world.with(
                  index,
                  world.active().equals("0")
                      ? new Racer(racer.id(), 1, 0, "")
                      : new Racer(racer.id(), 1, 0, "LOST")));
      case 1 ->
          Optional.of(
              world
                  .with(ListedVersions.claiming(mine, 2, world.second()))
                  .with(index, new Racer(racer.id(), 2, world.second(), "")));
      case 2 -> {
        if (world.second() - racer.wroteAt() < SETTLING) {
          yield Optional.empty();
        }
        boolean won = mine.id().equals(world.everything().activations().get(2));
        yield Optional.of(world.with(index, new Racer(racer.id(), won ? 3 : 4, 0, "")));
      }
      case 3 ->
          Optional.of(
              claims(world, mine, "2/" + mine.changedAt().getEpochSecond())
                  .with(index, new Racer(racer.id(), 6, 0, "WON")));
      default ->
          Optional.of(claims(world, mine, "").with(index, new Racer(racer.id(), 6, 0, "LOST")));
    };
  }

  private static World claims(World world, ServiceKey version, String claims) {
    return world.with(ListedVersions.changed(version, world.second(), CLAIM, claims));
  }
}
