package dev.enclave.azure.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the vault lets this process ask for ("Azure Key Vault service limits", Key transactions): it
 * counts in ten seconds, keys that are made apart from all else, and a transaction with a costly
 * key as several. Once it has answered 429 with a time to wait, what costs as much or more would be
 * refused as well until then, and is not sent; what costs less may still fit and is. Nothing is
 * counted here: other processes ask the same vault, and its limits are Microsoft's to change.
 * Thread-safe.
 */
final class AzureThrottling {

  /**
   * What a request takes of it.
   *
   * @param making whether it makes keys or versions, or brings them in, which are counted apart
   * @param units how many transactions it counts for
   */
  record Cost(boolean making, int units) {

    private static final int RSA_3072 = 4;
    private static final int RSA_4096 = 8;

    /** A request that is no transaction with a key's private half. */
    static Cost of(AzureOperation operation) {
      return new Cost(operation.makes(), 1);
    }

    /**
     * A transaction with a key: of RSA 3072 a vault carries out a quarter, of RSA 4096 an eighth as
     * many as of others, whose keys are shorter.
     */
    static Cost of(KeyAlgorithm algorithm) {
      int bits = algorithm.keyBits();
      return new Cost(false, bits < 3072 ? 1 : bits < 4096 ? RSA_3072 : RSA_4096);
    }
  }

  /** Until when nothing is sent that costs so much or more, in nanoseconds of the clock. */
  private final Map<Cost, Long> holds = new ConcurrentHashMap<>();

  /** How long a request has to wait that is not to be refused; nothing if it can be sent. */
  Optional<Duration> pauseFor(Cost cost, TimeSource time) {
    if (holds.isEmpty()) {
      return Optional.empty();
    }
    long now = time.nanoTime();
    holds.values().removeIf(until -> until - now <= 0);
    return holds.entrySet().stream()
        .filter(hold -> hold.getKey().making() == cost.making())
        .filter(hold -> hold.getKey().units() <= cost.units())
        .map(hold -> Duration.ofNanos(hold.getValue() - now))
        .max(Duration::compareTo);
  }

  /** The vault refused such a request and said how long to wait. */
  void refused(Cost cost, Duration asked, TimeSource time) {
    holds.merge(
        cost, time.nanoTime() + asked.toNanos(), (one, other) -> one - other >= 0 ? one : other);
  }
}
