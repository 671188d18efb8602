package dev.enclave.kit.key;

import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Public keys that never change, asked for once each. One key is asked for by one thread at a time,
 * and others wait for its answer, at most until their deadlines. Thread-safe.
 *
 * @param <K> what names a key; with {@code equals} and {@code hashCode} by value
 */
public final class PublicKeyCache<K> {

  private static final int LOCKS = 64;

  /** Asks the service. */
  @FunctionalInterface
  public interface Source {

    /** The public key; none if the service keeps it to itself for now. */
    Optional<PublicKeyInfo> ask() throws BackendFailure;
  }

  private final String service;
  private final Map<K, PublicKeyInfo> known = new ConcurrentHashMap<>();
  private final ReentrantLock[] locks =
      IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  /**
   * An empty one.
   *
   * @param service as messages call it, such as {@code AWS KMS}
   */
  public PublicKeyCache(String service) {
    this.service = service;
  }

  /**
   * The key's public key. What {@code source} does not tell is asked for again next time.
   *
   * @throws BackendFailure as {@code source}, or {@code TIMEOUT} when another thread was still
   *     asking at the deadline
   */
  public Optional<PublicKeyInfo> get(K key, CallContext call, Source source) throws BackendFailure {
    PublicKeyInfo cached = known.get(key);
    if (cached != null) {
      return Optional.of(cached);
    }
    ReentrantLock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
    takeTurn(lock, call);
    try {
      cached = known.get(key);
      if (cached != null) {
        return Optional.of(cached);
      }
      Optional<PublicKeyInfo> answer = source.ask();
      answer.ifPresent(publicKey -> known.put(key, publicKey));
      return answer;
    } finally {
      lock.unlock();
    }
  }

  private void takeTurn(ReentrantLock lock, CallContext call) throws BackendFailure {
    try {
      if (lock.tryLock() || lock.tryLock(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "Another thread was still asking " + service + " for the public key. Allow more time.");
  }
}
