package dev.enclave.benchmarks.measure;

import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.rival.Recoverable;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import dev.enclave.benchmarks.setting.Scheme;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Signs and verifies a message of 32 bytes. Operations a second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SignatureBenchmark {

  /** The library under test, opened once for all threads. JMH fills it, so null is never seen. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Library {

    @Param public Contender contender;
    @Param public Scheme scheme;

    /** Where keys and logs are kept. */
    @Param("")
    public String directory;

    private Rival rival;

    @Setup
    public void open() throws Exception {
      rival = Rivals.open(contender, scheme, Path.of(directory));
    }

    @TearDown
    public void close() {
      rival.close();
    }
  }

  /** What each thread has of its own. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init")
  public static class Hand {

    private Rival.Work signing;
    private Rival.Work verification;

    @Setup
    public void prepare(Library library) throws Exception {
      signing = library.rival.signing();
      verification = library.rival.verification();
    }
  }

  /** As {@link Hand}, for those that recover. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init")
  public static class RecoveringHand {

    private Rival.Work signing;

    @Setup
    public void prepare(Library library) throws Exception {
      signing = ((Recoverable) library.rival).signingWithRecoveryId();
    }
  }

  @Benchmark
  public Object sign(Hand hand) throws Exception {
    return hand.signing.once();
  }

  @Benchmark
  public Object verify(Hand hand) throws Exception {
    return hand.verification.once();
  }

  @Benchmark
  public Object signWithRecoveryId(RecoveringHand hand) throws Exception {
    return hand.signing.once();
  }
}
