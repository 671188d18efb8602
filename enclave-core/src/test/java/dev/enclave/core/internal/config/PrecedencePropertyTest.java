package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.config.Precedence.Source;
import dev.enclave.core.internal.config.Precedence.Source.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Allow-lists, of which neither need be the stricter, and whatever is acknowledged. */
final class PrecedencePropertyTest {

  private static final String NAME = Settings.BACKENDS.name();
  private static final List<String> BACKENDS = List.of("aws-kms", "gcp-kms", "os", "software");

  /**
   * What one source says.
   *
   * @param allowed the backends it allows
   * @param mayBeLowered whether it acknowledges
   */
  record Saying(Set<String> allowed, boolean mayBeLowered) {}

  @Property
  void theLastWins_whereAllAcknowledge(@ForAll("sayings") List<Saying> sayings) {
    List<Saying> all = sayings.stream().map(s -> new Saying(s.allowed(), true)).toList();

    assertThat(inForce(all)).isEqualTo(all.get(all.size() - 1).allowed());
  }

  @Property
  void whatIsInForceIsWithinTheFirst_whereNoneAcknowledges(
      @ForAll("sayings") List<Saying> sayings) {
    List<Saying> all = sayings.stream().map(s -> new Saying(s.allowed(), false)).toList();

    assertThat(all.get(0).allowed()).containsAll(inForce(all));
  }

  @Property
  void whatIsInForceWasSaidBySomebody(@ForAll("sayings") List<Saying> sayings) {
    assertThat(sayings).extracting(Saying::allowed).contains(inForce(sayings));
  }

  @Property
  void oneMoreSourceNeverAllowsMore_whereNoneAcknowledges(
      @ForAll("sayings") List<Saying> sayings, @ForAll("saying") Saying last) {
    List<Saying> all =
        new ArrayList<>(sayings.stream().map(s -> new Saying(s.allowed(), false)).toList());
    Set<String> before = inForce(all);
    all.add(last);

    assertThat(before).containsAll(inForce(all));
  }

  @Property
  void anAcknowledgementOfTheLastSourceChangesNothing(@ForAll("sayings") List<Saying> sayings) {
    List<Saying> changed = new ArrayList<>(sayings);
    Saying last = changed.remove(changed.size() - 1);
    changed.add(new Saying(last.allowed(), !last.mayBeLowered()));

    assertThat(inForce(changed)).isEqualTo(inForce(sayings));
  }

  @Property
  void everyValueIsInForce_overruledByALaterOne_orToldAsIgnored(
      @ForAll("sayings") List<Saying> sayings) {
    Precedence.Decision decision = Precedence.decide(sources(sayings));

    assertThat(decision.ignored())
        .allSatisfy(ignored -> assertThat(ignored.stricter()).isNotEmpty());
    boolean lastIsTold =
        decision.ignored().stream()
            .anyMatch(i -> i.entry().source().equals("s" + (sayings.size() - 1)));
    boolean lastIsInForce = inForce(sayings).equals(sayings.get(sayings.size() - 1).allowed());
    assertThat(lastIsTold || lastIsInForce).isTrue();
  }

  private static Set<String> inForce(List<Saying> sayings) {
    Configuration.Entry entry = Precedence.decide(sources(sayings)).entries().get(NAME);
    return entry == null ? Set.of() : new TreeSet<>(List.of(entry.value().split(",", -1)));
  }

  private static List<Source> sources(List<Saying> sayings) {
    List<Source> sources = new ArrayList<>();
    for (Saying saying : sayings) {
      String place = "s" + sources.size();
      List<Statement> statements = new ArrayList<>();
      statements.add(new Statement(NAME, String.join(",", saying.allowed()), place));
      if (saying.mayBeLowered()) {
        statements.add(new Statement(Settings.MAY_BE_LOWERED.name(), NAME, place));
      }
      sources.add(new Source(place, statements));
    }
    return sources;
  }

  @Provide
  static Arbitrary<List<Saying>> sayings() {
    return saying().list().ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  static Arbitrary<Saying> saying() {
    Arbitrary<Set<String>> allowed =
        Arbitraries.of(BACKENDS).set().ofMinSize(1).map(set -> new TreeSet<>(set));
    return Combinators.combine(allowed, Arbitraries.of(true, false)).as(Saying::new);
  }
}
