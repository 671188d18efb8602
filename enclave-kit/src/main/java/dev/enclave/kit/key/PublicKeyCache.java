package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Public keys that never change, asked for once each. One key is asked for by one thread at a time,
 * and others wait for its answer, at most until their deadlines. Thread-safe.
 */
public final class PublicKeyCache {

  private static final int LOCKS = 64;

  private record Id(String uri, KeyAlgorithm algorithm) {}

  private final Refusals refusals;
  private final Map<Id, PublicKeyInfo> known = new ConcurrentHashMap<>();
  // Keys that were out of use and not told then: not to be asked again while they are.
  private final Set<String> withheld = ConcurrentHashMap.newKeySet();
  private final ReentrantLock[] locks =
      IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  /** An empty one. */
  public PublicKeyCache(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * The key's public key. What {@code source} does not tell is asked for again next time.
   *
   * @param uri the service's own name of the key
   * @param inUse whether the key was described as one that can be used: others a service may refuse
   *     to tell, and is then not asked again
   * @param source asks the service; nothing if it keeps the key to itself for now; an {@link
   *     EnclaveException} if what it answered is none for the algorithm
   * @throws BackendFailure as {@code source}; {@code CORRUPT} when what it answered is no public
   *     key for the algorithm; {@code TIMEOUT} when another thread was still asking at the deadline
   */
  public Optional<PublicKeyInfo> get(
      String uri,
      KeyAlgorithm algorithm,
      boolean inUse,
      CallContext call,
      BackendFailure.Step<Optional<PublicKeyInfo>> source)
      throws BackendFailure {
    Id key = new Id(uri, algorithm);
    if (!known.containsKey(key)) {
      ReentrantLock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
      takeTurn(lock, call);
      try {
        if (!known.containsKey(key) && (inUse || !withheld.contains(uri))) {
          asked(key, inUse, source).ifPresent(publicKey -> known.put(key, publicKey));
        }
      } finally {
        lock.unlock();
      }
    }
    return Optional.ofNullable(known.get(key));
  }

  private Optional<PublicKeyInfo> asked(
      Id key, boolean inUse, BackendFailure.Step<Optional<PublicKeyInfo>> source)
      throws BackendFailure {
    String uri = key.uri();
    try {
      return source.run();
    } catch (EnclaveException e) {
      throw none(uri, key.algorithm());
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.INVALID_STATE) {
        throw e;
      }
    }
    if (!inUse) {
      withheld.add(uri);
      return Optional.empty();
    }
    throw Texts.STATE_CHANGED.transientFailure(FailureCode.INVALID_STATE, uri).naming(uri);
  }

  /** What the service answered is no public key for the algorithm. */
  public BackendFailure none(String uri, KeyAlgorithm algorithm) {
    return refusals.wrongAnswer(Texts.NO_PUBLIC_KEY.with(uri, algorithm)).naming(uri);
  }

  private void takeTurn(ReentrantLock lock, CallContext call) throws BackendFailure {
    try {
      if (lock.tryLock() || lock.tryLock(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Texts.TURN_NOT_TAKEN.transientFailure(FailureCode.TIMEOUT, refusals.service());
  }
}
