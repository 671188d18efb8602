package dev.enclave.browser;

import dev.enclave.Fingerprint;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store that lives as long as the process: for tests, demonstrations, and one process only. */
public final class InMemoryWalletStore implements WalletStore {

  private final Map<String, Challenge> challenges = new LinkedHashMap<>();

  /** By the nonce of a challenge that a rotation took: the request. */
  private final Map<String, String> rotations = new HashMap<>();

  private final Map<Fingerprint, WalletKey> keys = new LinkedHashMap<>();

  @Override
  public synchronized void add(Challenge challenge, Instant now) {
    expire(now);
    List<Challenge> own =
        challenges.values().stream()
            .filter(open -> open.owner().equals(challenge.owner()))
            .sorted(Comparator.comparing(Challenge::expiresAt))
            .toList();
    own.stream()
        .limit(Math.max(0, own.size() - CHALLENGES_OF_AN_OWNER + 1))
        .forEach(open -> challenges.remove(open.nonce()));
    challenges.put(challenge.nonce(), challenge);
    rotations.keySet().retainAll(challenges.keySet());
  }

  @Override
  public synchronized void expire(Instant now) {
    challenges.values().removeIf(kept -> !kept.expiresAt().isAfter(now));
    rotations.keySet().retainAll(challenges.keySet());
  }

  @Override
  public synchronized Optional<Challenge> challenge(String nonce) {
    return Optional.ofNullable(challenges.get(nonce)).filter(kept -> isOpen(nonce));
  }

  private boolean isOpen(String nonce) {
    return challenges.containsKey(nonce) && !rotations.containsKey(nonce);
  }

  @Override
  public synchronized Optional<Challenge> rotated(String nonce, String request) {
    return Optional.ofNullable(challenges.get(nonce))
        .filter(taken -> request.equals(rotations.get(nonce)));
  }

  @Override
  public synchronized Optional<WalletKey> key(Fingerprint id) {
    return Optional.ofNullable(keys.get(id));
  }

  @Override
  public synchronized List<WalletKey> keys(String owner) {
    return keys.values().stream().filter(key -> key.owner().equals(owner)).toList();
  }

  @Override
  public synchronized Outcome commit(String nonce, WalletChange change) {
    if (!isOpen(nonce)) {
      return Outcome.NO_CHALLENGE;
    }
    if (!isPossible(change)) {
      return Outcome.CONFLICT;
    }
    if (change instanceof WalletChange.Replace replace) {
      rotations.put(nonce, replace.request());
    } else {
      challenges.remove(nonce);
    }
    if (change instanceof WalletChange.Add add) {
      put(add.key());
    } else if (change instanceof WalletChange.Replace replace) {
      end(replace.id(), WalletKey.State.ROTATED);
      put(replace.successor());
    } else if (change instanceof WalletChange.Revoke revoke) {
      end(revoke.id(), WalletKey.State.REVOKED);
    }
    return Outcome.DONE;
  }

  private boolean isPossible(WalletChange change) {
    if (change instanceof WalletChange.Add add) {
      return !keys.containsKey(add.key().id());
    } else if (change instanceof WalletChange.Replace replace) {
      return isActive(replace.id()) && !keys.containsKey(replace.successor().id());
    } else if (change instanceof WalletChange.Revoke revoke) {
      return isActive(revoke.id());
    }
    return isActive(((WalletChange.Use) change).id());
  }

  @Override
  public synchronized boolean revoke(Fingerprint id) {
    boolean active = isActive(id);
    if (active) {
      end(id, WalletKey.State.REVOKED);
    }
    return active;
  }

  private boolean isActive(Fingerprint id) {
    WalletKey key = keys.get(id);
    return key != null && key.state() == WalletKey.State.ACTIVE;
  }

  private void put(WalletKey key) {
    keys.put(key.id(), key);
  }

  private void end(Fingerprint id, WalletKey.State state) {
    keys.computeIfPresent(id, (same, key) -> key.in(state));
  }
}
