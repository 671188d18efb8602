package dev.enclave.benchmarks.measure;

import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningKey;
import dev.enclave.benchmarks.rival.JcaRival;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import dev.enclave.benchmarks.setting.NullBackendProvider;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Scratch;
import dev.enclave.benchmarks.setting.TestKeys;
import dev.enclave.benchmarks.setting.Trail;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What Enclave adds to a signature that costs nothing. Nanoseconds an operation. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OwnCostBenchmark {

  /** Enclave over the null backend. JMH fills it, so null is never seen. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Library {

    @Param public Trail trail;

    @Param({"P256", "ED25519"})
    public Scheme scheme;

    /** Where logs are kept. */
    @Param("")
    public String directory;

    private final Message message = Message.of(Rivals.message());
    private Scratch audit;
    private Enclave enclave;
    private SigningKey key;

    @Setup
    public void open() throws Exception {
      TestKeys keys = TestKeys.of(scheme, Path.of(directory));
      Rival signer = new JcaRival(new BouncyCastleProvider(), scheme, keys, Rivals.message());
      audit = Scratch.in(Path.of(directory));
      Bytes signature = Bytes.of((byte[]) signer.signing().once());
      enclave =
          trail.open(
              audit.directory(),
              new NullBackendProvider(
                  PublicKeyInfo.fromSpki(keys.spki().toByteArray(), scheme.algorithm()),
                  input -> signature));
      key = enclave.signingKeys().key("any");
    }

    @TearDown
    public void close() {
      enclave.close();
      audit.close();
    }
  }

  @Benchmark
  public Object sign(Library library) {
    return library.key.sign(library.message);
  }
}
