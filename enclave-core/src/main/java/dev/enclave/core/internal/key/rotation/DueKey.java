package dev.enclave.core.internal.key.rotation;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The next rotation of a key, as one reading tells it.
 *
 * <p>All replicas derive the same operation id from the same reading, so that each goes on with
 * what another one began, and the same share of the window, so that keys that are due together are
 * rotated one after the other.
 *
 * @param active the version to be replaced
 * @param dueAt since when, or from when on, the key is due
 * @param window within which it is to be rotated, counted from {@code dueAt}
 * @param share the key's own part of the window, from 0 to 1
 */
record DueKey(KeyVersionId active, Instant dueAt, Duration window, double share) {

  /** A ninetieth of the interval, a day at most: for 90 days a day, for an hour 40 seconds. */
  private static final int WINDOWS_PER_INTERVAL = 90;

  private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
  private static final Duration LATE_WITHIN = Duration.ofHours(1);
  private static final String PREFIX = "due-";
  private static final int ID_DIGITS = 32;

  /** The next rotation of a key; none of one that is adopted, never due, or without a version. */
  static Optional<DueKey> of(KeyInfo key) {
    if (key.adopted() || key.nextRotationAt().isEmpty()) {
      return Optional.empty();
    }
    return key.active().map(active -> of(key, active, key.nextRotationAt().get()));
  }

  private static DueKey of(KeyInfo key, KeyVersion active, Instant dueAt) {
    Duration window =
        Duration.between(key.lastRotatedAt().orElseGet(key::createdAt), dueAt)
            .dividedBy(WINDOWS_PER_INTERVAL);
    String hex = digest(key, active);
    return new DueKey(
        active.id(),
        dueAt,
        window.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : window,
        Long.parseLong(hex.substring(ID_DIGITS, ID_DIGITS + 8), 16) / (double) (1L << 32));
  }

  /** Names the next rotation of a key that has an active version, whichever replica attempts it. */
  static String operationId(KeyInfo key) {
    return PREFIX + digest(key, key.active().orElseThrow()).substring(0, ID_DIGITS);
  }

  private static String digest(KeyInfo key, KeyVersion active) {
    String rotation =
        String.join(
            "\n",
            "enclave rotation",
            key.handle().toString(),
            active.id().value(),
            String.valueOf(givenUp(key, active)));
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(rotation)).value().toHex();
  }

  /**
   * How many versions were made to replace the active one and given up: the next attempt has to be
   * another operation, since a backend answers a repetition with the version that is gone.
   */
  private static long givenUp(KeyInfo key, KeyVersion active) {
    return key.versions().stream()
        .dropWhile(version -> !version.id().equals(active.id()))
        .skip(1)
        .filter(version -> version.state() != KeyState.PENDING)
        .count();
  }

  /** Whether it is due. */
  boolean due(Instant now) {
    return !dueAt.isAfter(now);
  }

  /** Whether it is the same rotation as one that was seen before. */
  boolean same(DueKey other) {
    return active.equals(other.active) && dueAt.equals(other.dueAt);
  }

  /**
   * When this replica attempts it: the key's share of three quarters of the window, and up to a
   * quarter by the replica's own randomness, so that one of many replicas comes first and the
   * others find it done. What is noticed later than that waits for up to a quarter of the window,
   * or an hour if that is shorter.
   */
  Instant attemptAt(Instant now, RandomGenerator random) {
    Duration quarter = window.dividedBy(4);
    Instant planned =
        dueAt
            .plus(Duration.ofNanos((long) (quarter.multipliedBy(3).toNanos() * share)))
            .plus(Pace.upTo(quarter, random));
    if (planned.isAfter(now)) {
      return planned;
    }
    return now.plus(Pace.upTo(quarter.compareTo(LATE_WITHIN) > 0 ? LATE_WITHIN : quarter, random));
  }
}
