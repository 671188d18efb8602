package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A key of a hundred versions is loaded in time: what counts is how many requests wait for each
 * other, which no clock is needed for.
 */
@Tag("full")
class ManyVersionsTest {

  private static final int VERSIONS = 100;

  /** At 20 ms a request, less than a third of the five seconds that a reading has. */
  private static final int MOST_ROUNDS = 80;

  private static KmsBench bench;

  @BeforeAll
  static void rotateOften() throws BackendFailure {
    bench = new KmsBench();
    KeySnapshot key = bench.create(KmsBench.NAME);
    for (int n = 1; n < VERSIONS; n++) {
      key = bench.rotate(key);
    }
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void readsAsAnybodyElseDoes() throws BackendFailure {
    KeySnapshot read = bench.loadAnew();

    assertThat(read.versions()).hasSize(VERSIONS);
    assertThat(read.versions().get(VERSIONS - 1).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(read.versions().subList(0, VERSIONS - 1))
        .allMatch(version -> version.state() == KeyState.VERIFY_ONLY);
    assertThat(read).isEqualTo(bench.load());
  }

  @Test
  void waitsForFewRequestsInTurn() throws BackendFailure {
    Rounds rounds = new Rounds();
    try (AwsSession session = Sessions.with(bench.server, bench.clock)) {
      VersionLedger keys = keys(session, rounds);
      bench.server.journal().clear();
      keys.load(KmsBench.NAME, bench.call());
      int first = rounds.inTurn(bench.requests().size());
      rounds.forget();
      bench.server.journal().clear();
      keys.load(KmsBench.NAME, bench.call());
      int again = rounds.inTurn(bench.requests().size());

      System.out.println(
          "a key of 100 versions is loaded in " + first + " rounds, again in " + again);
      assertThat(first).isLessThan(MOST_ROUNDS);
      assertThat(again).isLessThan(first);
      assertThat(bench.requests().size()).isGreaterThan(2 * VERSIONS);
    }
  }

  @Test
  void readsTheRestBesideEachOther_whenTheFirstVersionsAreGone() throws BackendFailure {
    KmsBench other = new KmsBench();
    try {
      KeySnapshot key = other.create(KmsBench.NAME);
      for (int n = 1; n < 12; n++) {
        key = other.rotate(key);
      }
      for (int n = 0; n < 2; n++) {
        other.backend.changeState(key.ref(key.versions().get(n)), KeyState.DESTROYED, other.call());
      }
      other.clock.advance(java.time.Duration.ofDays(31));
      Rounds rounds = new Rounds();
      try (AwsSession session = Sessions.with(other.server, other.clock)) {
        other.server.journal().clear();
        KeySnapshot read = keys(session, rounds).load(KmsBench.NAME, other.call());
        assertThat(read.active()).isEqualTo(key.active());
        assertThat(rounds.inTurn(other.requests().size())).isLessThan(25);
      }
    } finally {
      other.close();
    }
  }

  private static VersionLedger keys(AwsSession session, ParallelReads parallel) {
    return VersionLedger.of(new KmsKeys(new KmsCalls(session), parallel));
  }

  /** Sends in turn, and counts as if {@link RemoteCalls#WIDTH} were sent beside each other. */
  private static final class Rounds implements ParallelReads {

    private int saved;

    @Override
    public <T> List<T> all(List<Read<T>> reads, CallContext call) throws BackendFailure {
      List<T> answers = new ArrayList<>();
      List<Integer> requests = new ArrayList<>();
      for (Read<T> read : reads) {
        Counting counted = new Counting(call);
        answers.add(read.from(counted.call()));
        requests.add(counted.requests());
      }
      int all = requests.stream().mapToInt(i -> i).sum();
      int longest = 0;
      for (int from = 0; from < requests.size(); from += RemoteCalls.WIDTH) {
        longest +=
            requests.subList(from, Math.min(requests.size(), from + RemoteCalls.WIDTH)).stream()
                .mapToInt(i -> i)
                .max()
                .orElse(0);
      }
      saved += all - longest;
      return answers;
    }

    int inTurn(int sent) {
      return sent - saved;
    }

    void forget() {
      saved = 0;
    }
  }

  /** Counts the answers that a read was told of. */
  private static final class Counting {

    private final CallContext counted;
    private int requests;

    Counting(CallContext call) {
      counted =
          CallContext.of(
              call.operationId(), call.attempt(), call.deadline(), call.time(), id -> requests++);
    }

    CallContext call() {
      return counted;
    }

    int requests() {
      return requests;
    }
  }
}
