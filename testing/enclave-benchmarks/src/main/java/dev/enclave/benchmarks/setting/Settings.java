package dev.enclave.benchmarks.setting;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How much to measure.
 *
 * @param quick fewer schemes, rounds and iterations
 * @param cloudsOnly nothing but the clouds' rows
 * @param directory where keys, stores and logs are kept; a real disk
 * @param jdk17 a JDK 17 whose providers are measured too, where the benchmarks run on another
 */
public record Settings(boolean quick, boolean cloudsOnly, Path directory, Optional<Path> jdk17) {

  private static final List<Integer> STORE_SIZES = List.of(10, 1_000, 10_000);

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException for an option that is none; the message is for the user
   */
  public static Settings parse(List<String> args, Path directory) {
    boolean quick = false;
    boolean cloudsOnly = false;
    Optional<Path> jdk17 = Optional.empty();
    for (String arg : args) {
      if (arg.equals("--quick")) {
        quick = true;
      } else if (arg.equals("--clouds")) {
        cloudsOnly = true;
      } else if (arg.startsWith("--jdk17=")) {
        jdk17 = Optional.of(Path.of(arg.substring("--jdk17=".length())));
      } else {
        throw new IllegalArgumentException(
            "Option " + arg + " is unknown. Use --quick, --clouds, --jdk17=HOME or nothing.");
      }
    }
    return new Settings(quick, cloudsOnly, directory, jdk17);
  }

  /** Forks of every case; cases take turns, so that a slow minute of the machine strikes all. */
  public int rounds() {
    return quick ? 1 : 2;
  }

  /** One warm-up a fork, long enough for the compiler to have seen to Java's own curves. */
  public int warmupMillis() {
    return quick ? 1_000 : 2_000;
  }

  /** Many short ones, so that the spread of what disturbs them shows. */
  public int iterations() {
    return quick ? 5 : 10;
  }

  public int iterationMillis() {
    return 200;
  }

  /** A slice of a duel in which a service some way off takes part. */
  public int remoteMillis() {
    return quick ? 500 : 1_000;
  }

  /** Keys at a cloud that lists them. */
  public int crowd() {
    return quick ? 1_000 : 10_000;
  }

  /** How often they are listed. */
  public int listings() {
    return 3;
  }

  /** Rounds of a duel that do not count. */
  public int warmUpRounds() {
    return quick ? 10 : 15;
  }

  /**
   * The same where a service takes part: a signature then passes through so much more code that
   * after five seconds a side its compilation is far from done, and twice the processor time shows.
   * 25 seconds.
   */
  public int remoteWarmUpRounds() {
    return quick ? 50 : 25;
  }

  /** Rounds of a duel, in which each side has one slice. */
  public int duelRounds() {
    return quick ? 31 : 61;
  }

  /** Fresh JVMs that open each store. */
  public int coldOpenings() {
    return quick ? 3 : 5;
  }

  /** Openings after the first in each of those. */
  public int warmOpenings() {
    return 5;
  }

  public List<Scheme> schemes() {
    return quick
        ? List.of(Scheme.P256, Scheme.SECP256K1, Scheme.ED25519, Scheme.RSA_2048)
        : List.of(Scheme.values());
  }

  public List<Integer> storeSizes() {
    return STORE_SIZES;
  }
}
