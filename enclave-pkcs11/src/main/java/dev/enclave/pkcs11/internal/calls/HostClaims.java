package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps hosts that share a token from changing keys at once: timed mutual exclusion, after Fischer.
 * A host that sees no claim makes one, waits for the settle time, and looks again; the smallest id
 * holds. docs/adr/0091-pkcs11.md says what that needs. Used by one thread at a time.
 */
final class HostClaims {

  /** After which a claim is its dead owner's, by its time; clocks are a minute apart at most. */
  static final Duration LIFE = Duration.ofMinutes(2);

  /** How long after its search a host may begin a change, which then has as long again. */
  static final Duration SAFE = Duration.ofSeconds(30);

  /** Where claims are. */
  interface Place {

    /** The times of all claims, by their ids. */
    Map<String, Instant> all() throws CryptokiException, BackendFailure;

    void put(String id, Instant at) throws CryptokiException;

    /** Removes it, if it is there. */
    void remove(String id) throws CryptokiException, BackendFailure;
  }

  private final Duration settle;

  /** Own ones, which a failure may have left; while this looks for claims none of them is held. */
  private final Set<String> own = new HashSet<>();

  HostClaims(Duration settle) {
    this.settle = settle;
  }

  /** Takes the claim, unless it throws, and waits for it until the deadline. Returns its id. */
  String take(Place place, CallContext call) throws CryptokiException, BackendFailure {
    while (true) {
      long began = call.time().nanoTime();
      if (isFree(place, call.time().now())) {
        String id = UUID.randomUUID().toString().replace("-", "");
        boolean held = false;
        own.add(id);
        try {
          place.put(id, call.time().now());
          if (since(began, call).compareTo(settle.dividedBy(2)) <= 0) {
            pause(settle, call);
            Optional<String> first = place.all().keySet().stream().min(String::compareTo);
            held = first.equals(Optional.of(id)) && since(began, call).compareTo(SAFE) <= 0;
          }
        } finally {
          if (!held) {
            remove(place, id);
          }
        }
        if (held) {
          return id;
        }
      }
      pause(settle.dividedBy(4), call);
    }
  }

  private boolean isFree(Place place, Instant now) throws CryptokiException, BackendFailure {
    boolean free = true;
    for (Map.Entry<String, Instant> claim : place.all().entrySet()) {
      if (own.contains(claim.getKey()) || claim.getValue().plus(LIFE).isBefore(now)) {
        place.remove(claim.getKey());
      } else {
        free = false;
      }
    }
    own.clear();
    return free;
  }

  private static Duration since(long began, CallContext call) {
    return Duration.ofNanos(call.time().nanoTime() - began);
  }

  private static void pause(Duration duration, CallContext call) throws BackendFailure {
    if (call.remaining().compareTo(duration) <= 0) {
      throw Texts.CLAIM_HELD.transientFailure(FailureCode.TIMEOUT);
    }
    try {
      call.time().pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.CLAIM_HELD.transientFailure(FailureCode.TIMEOUT);
    }
  }

  /** Gives it up; what that fails to remove is removed before the next one is made, or dies. */
  void remove(Place place, String id) {
    try {
      place.remove(id);
      own.remove(id);
    } catch (CryptokiException | BackendFailure e) {
      // What comes next in this session fails too, and says so.
    }
  }
}
