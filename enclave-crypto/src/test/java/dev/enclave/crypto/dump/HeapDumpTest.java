package dev.enclave.crypto.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dumps of processes that use keys, searched for the keys. Says what it found, in the form of a
 * line for each key with hits. The long form takes every dump and makes 10,000 signatures with each
 * key, on both class paths; the short form 10,000 in all by the accelerators.
 */
@Tag("needs-gdb")
@Tag("full")
class HeapDumpTest {

  private static final boolean LONG = Boolean.getBoolean("enclave.dump.long");
  private static final List<String> ACCELERATORS =
      List.of("AmazonCorretto", "secp256k1", "kotlin", "jna");
  private static final List<String> LEAKS = List.of("leak-array", "leak-text", "leak-number");

  /** What AWS-LC holds. */
  private static final List<KeyAlgorithm> NATIVE =
      List.of(
          SigningAlgorithm.ED25519,
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.ECDSA_P521_SHA512,
          SigningAlgorithm.RSA_PSS_2048_SHA256);

  private static final List<KeyAlgorithm> ALGORITHMS =
      Stream.concat(
              NATIVE.stream(),
              Stream.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256, WrappingAlgorithm.AES_256_GCM))
          .toList();

  private final Path folder;

  HeapDumpTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Map<String, Patterns> patterns(Dumped process) throws Exception {
    Map<String, Patterns> wanted = new LinkedHashMap<>();
    for (KeyAlgorithm algorithm : ALGORITHMS) {
      wanted.put(algorithm.name(), patterns(algorithm, process.secret(algorithm.name())));
    }
    wanted.put(
        DumpedProcess.DATA_KEY, new Patterns().add("key", process.secret(DumpedProcess.DATA_KEY)));
    for (String leak : LEAKS) {
      wanted.put(leak, new Patterns().add("control", process.secret(leak)));
    }
    return wanted;
  }

  private static Patterns patterns(KeyAlgorithm algorithm, byte[] encoded) {
    Patterns patterns = new Patterns();
    switch (algorithm.family()) {
      case AES_GCM -> patterns.add("key", encoded);
      case EDDSA -> {
        byte[] seed = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        patterns.add("seed", seed).addExpanded(seed);
      }
      case ECDSA -> {
        int length = (algorithm.keyBits() + 7) / 8;
        int at = 0;
        while (!Arrays.equals(encoded, at, at + 5, new byte[] {2, 1, 1, 4, (byte) length}, 0, 5)) {
          at++;
        }
        patterns.add("scalar", Arrays.copyOfRange(encoded, at + 5, at + 5 + length));
      }
      default -> {
        // The octets in the middle stand for the whole numbers: n is 256 octets long, d too.
        patterns.add("d", Arrays.copyOfRange(encoded, 400, 432));
        patterns.add("p", Arrays.copyOfRange(encoded, 640, 672));
        patterns.add("q", Arrays.copyOfRange(encoded, 770, 802));
      }
    }
    return patterns;
  }

  @Test
  void holdNoKeyOfANativeEngine_andNoneOfLibsecp256k1BetweenItsUses() throws Exception {
    try (Dumped process = Dumped.start(folder, LONG ? 10_000 : 1_500, ALGORITHMS, List.of())) {
      process.awaitState("created");
      Map<String, Patterns> wanted = patterns(process);
      Hits created = searched("accelerated, created, heap dump", process.heapDump("1"), wanted);
      assertNone(created, NATIVE);
      assertNone(created, List.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256));
      assertNone(created, List.of(WrappingAlgorithm.AES_256_GCM));
      assertNoDataKey(created);
      if (LONG) {
        core("accelerated, created", process, wanted);
      }
      process.goOn();
      process.awaitState("signing");
      Path signing = process.heapDump("2");
      // It signs until then.
      process.goOn();
      assertNone(searched("accelerated, signing, heap dump", signing, wanted), NATIVE);
      process.awaitState("closed");
      Hits closed = searched("accelerated, closed, heap dump", process.heapDump("3"), wanted);
      assertNone(closed, NATIVE);
      assertNone(closed, List.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256));
      if (LONG) {
        core("accelerated, closed", process, wanted);
      }
      process.goOn();
      process.awaitState("collected");
      core("accelerated, closed and collected", process, wanted)
          .ifPresent(core -> assertNone(core, NATIVE));
    }
  }

  /**
   * Of private keys nothing but the control is promised: Bouncy Castle's numbers cannot be
   * overwritten.
   */
  @Test
  void showWhatBouncyCastleLeaves() throws Exception {
    int signatures = LONG ? 10_000 : 100;
    try (Dumped process = Dumped.start(folder, signatures, ALGORITHMS, ACCELERATORS)) {
      process.awaitState("created");
      Map<String, Patterns> wanted = patterns(process);
      assertNoDataKey(searched("Bouncy Castle, created, heap dump", process.heapDump("1"), wanted));
      process.goOn();
      process.awaitState("signing");
      Path signing = process.heapDump("2");
      process.goOn();
      searched("Bouncy Castle, signing, heap dump", signing, wanted);
      process.awaitState("closed");
      searched("Bouncy Castle, closed, heap dump", process.heapDump("3"), wanted);
      process.goOn();
      process.awaitState("collected");
      if (LONG) {
        searched("Bouncy Castle, collected, heap dump", process.heapDump("4"), wanted);
        core("Bouncy Castle, closed and collected", process, wanted);
      }
    }
  }

  /** What one dump holds, and which. */
  private record Hits(String dump, Map<String, Map<String, Integer>> byKey) {}

  private static Hits searched(String title, Path dump, Map<String, Patterns> wanted)
      throws Exception {
    Hits hits = new Hits(title, HeapDumps.hits(dump, wanted));
    hits.byKey()
        .forEach(
            (key, forms) -> {
              if (!LEAKS.contains(key)) {
                System.out.println(title + ": " + key + " " + forms);
              }
            });
    assertThat(hits.byKey())
        .as("the leak control in " + title)
        .containsKeys(LEAKS.toArray(String[]::new));
    return hits;
  }

  private static Optional<Hits> core(String title, Dumped process, Map<String, Patterns> wanted)
      throws Exception {
    Optional<Path> dump = process.coreDump();
    return dump.isPresent()
        ? Optional.of(searched(title + ", core dump", dump.get(), wanted))
        : Optional.empty();
  }

  private static void assertNoDataKey(Hits hits) {
    assertThat(hits.byKey()).as(hits.dump()).doesNotContainKey(DumpedProcess.DATA_KEY);
  }

  private static void assertNone(Hits hits, List<KeyAlgorithm> algorithms) {
    assertThat(hits.byKey())
        .as(hits.dump())
        .doesNotContainKeys(algorithms.stream().map(KeyAlgorithm::name).toArray(String[]::new));
  }
}
