package dev.enclave.core.internal.background;

import dev.enclave.KeyInfo;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.lifecycle.RotationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What is to be done next of a key, as one reading tells it.
 *
 * <p>All replicas derive the same share of the window from the same reading, so that what is due
 * together is done one after the other.
 *
 * @param version the version that is concerned: the one to be replaced, disabled or destroyed
 * @param dueAt since when, or from when on, it is due
 * @param window within which it is to be done, counted from {@code dueAt}
 * @param planned the part of the window after which this key comes
 */
record DueStep(
    Act act,
    KeyVersionId active,
    KeyVersionId version,
    Instant dueAt,
    Duration window,
    Duration planned) {

  /** What may be due. */
  enum Act {
    /** The next version is made, and does not sign yet. */
    PUBLISH,
    /** The next version becomes active. */
    ROTATE,
    /** A version that was replaced does not verify any more. */
    DISABLE,
    /** A version that was replaced is destroyed. */
    DESTROY;

    /** Whether it ends the life of an old version; it does not hold up a rotation that fails. */
    boolean ends() {
      return this == DISABLE || this == DESTROY;
    }
  }

  /** A ninetieth of the interval, a day at most: for 90 days a day, for an hour 40 seconds. */
  private static final int WINDOWS_PER_INTERVAL = 90;

  private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
  private static final Duration LATE_WITHIN = Duration.ofHours(1);

  /**
   * The next step of the key's rotation and the next step that ends an old version's life; none of
   * a key that is adopted, never due, or without an active version.
   */
  static List<DueStep> of(KeyInfo key, VersionLife life) {
    if (key.adopted() || key.nextRotationAt().isEmpty() || key.active().isEmpty()) {
      return List.of();
    }
    double share = RotationId.share(key);
    return Stream.concat(
            Stream.of(rotation(key, key.active().get(), life, share)),
            end(key, life, share).stream())
        .toList();
  }

  /** The next step of the key's rotation, if it rotates. */
  static Optional<DueStep> rotationOf(KeyInfo key, VersionLife life) {
    return of(key, life).stream().filter(step -> !step.act().ends()).findFirst();
  }

  private static DueStep rotation(KeyInfo key, KeyVersion active, VersionLife life, double share) {
    Instant rotation = key.nextRotationAt().orElseThrow();
    Duration window =
        window(Duration.between(key.lastRotatedAt().orElseGet(key::createdAt), rotation));
    boolean published = !life.publishAhead(key.purpose()).isZero();
    if (key.nextPublicationAt().isPresent()) {
      // Half a window each, since activation follows at the same distance for every key.
      Instant at = key.nextPublicationAt().get();
      return new DueStep(
          Act.PUBLISH, active.id(), active.id(), at, window, part(share, window.dividedBy(2)));
    }
    Duration planned = published ? Duration.ZERO : part(share, window.dividedBy(4).multipliedBy(3));
    return new DueStep(Act.ROTATE, active.id(), active.id(), rotation, window, planned);
  }

  /** Which old version's time is over next; never a wrapping key's, whose boxes are to open. */
  private static Optional<DueStep> end(KeyInfo key, VersionLife life, double share) {
    if (life.verifyFor().isEmpty() || key.purpose() != KeyPurpose.SIGN) {
      return Optional.empty();
    }
    List<DueStep> steps = new ArrayList<>();
    for (KeyVersion version : key.versions()) {
      if (version.state() == KeyState.VERIFY_ONLY) {
        end(key, version, Act.DISABLE, life.verifyFor().get(), share).ifPresent(steps::add);
      } else if (version.state() == KeyState.DISABLED) {
        life.destroyAfter()
            .flatMap(after -> end(key, version, Act.DESTROY, after, share))
            .ifPresent(steps::add);
      }
    }
    return steps.stream().min(Comparator.comparing(DueStep::dueAt));
  }

  private static Optional<DueStep> end(
      KeyInfo key, KeyVersion version, Act act, Duration afterReplaced, double share) {
    Duration window = window(afterReplaced);
    return Replaced.at(key, version)
        .map(
            at ->
                new DueStep(
                    act,
                    key.active().orElseThrow().id(),
                    version.id(),
                    at.plus(afterReplaced),
                    window,
                    part(share, window.dividedBy(4).multipliedBy(3))));
  }

  private static Duration window(Duration whole) {
    Duration window = whole.dividedBy(WINDOWS_PER_INTERVAL);
    return window.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : window;
  }

  private static Duration part(double share, Duration of) {
    return Duration.ofNanos((long) (of.toNanos() * share));
  }

  /** Whether it is due. */
  boolean due(Instant now) {
    return !dueAt.isAfter(now);
  }

  /** Whether it is the same step as one that was seen before. */
  boolean same(DueStep other) {
    return act == other.act
        && active.equals(other.active)
        && version.equals(other.version)
        && dueAt.equals(other.dueAt);
  }

  /**
   * When this replica attempts it: after the key's part of the window, and up to a quarter of the
   * window by the replica's own randomness, so that one of many replicas comes first and the others
   * find it done. What is noticed later than that waits for up to a quarter of the window, or an
   * hour if that is shorter.
   */
  Instant attemptAt(Instant now, RandomGenerator random) {
    Duration quarter = window.dividedBy(4);
    Instant at = dueAt.plus(planned).plus(PollingIntervals.upTo(quarter, random));
    if (at.isAfter(now)) {
      return at;
    }
    return now.plus(
        PollingIntervals.upTo(quarter.compareTo(LATE_WITHIN) > 0 ? LATE_WITHIN : quarter, random));
  }

  /**
   * When a version was replaced, as one reading tells it: never earlier than it was, so that
   * nothing is disabled or destroyed too early.
   */
  private static final class Replaced {

    private Replaced() {}

    /** By when it certainly was; none if the reading does not tell, or it never was active. */
    static Optional<Instant> at(KeyInfo key, KeyVersion version) {
      Optional<Instant> since = activatedAt(key, version);
      if (since.isEmpty() && version.state() != KeyState.VERIFY_ONLY) {
        // What is disabled may never have been active.
        return Optional.empty();
      }
      return Stream.concat(
              told(key, version, since).stream(), laterVersionMade(key, version).stream())
          .min(Instant::compareTo);
    }

    private static Optional<Instant> activatedAt(KeyInfo key, KeyVersion version) {
      boolean first = key.versions().get(0).id().equals(version.id());
      return version
          .activatedAt()
          .or(() -> first ? Optional.of(version.createdAt()) : Optional.empty());
    }

    /**
     * Two versions are never active at once: when another became active, this was replaced. A
     * backend may tell the same second of two that followed one another.
     */
    private static Optional<Instant> told(
        KeyInfo key, KeyVersion version, Optional<Instant> since) {
      Stream<KeyVersion> later =
          after(key, version).stream()
              .filter(other -> since.isEmpty() || !isBefore(other.activatedAt(), since.get()));
      Stream<KeyVersion> earlier =
          since.isEmpty()
              ? Stream.empty()
              : key.versions().stream()
                  .filter(other -> other.activatedAt().filter(since.get()::isBefore).isPresent());
      return Stream.concat(later, earlier)
          .flatMap(other -> other.activatedAt().map(at -> notBeforeMade(at, other)).stream())
          .min(Instant::compareTo);
    }

    /** Whoever activated it may have had a slow clock; when it was made, the backend tells. */
    private static Instant notBeforeMade(Instant activatedAt, KeyVersion version) {
      return activatedAt.isBefore(version.createdAt()) ? version.createdAt() : activatedAt;
    }

    private static boolean isBefore(Optional<Instant> at, Instant since) {
      return at.filter(since::isAfter).isPresent();
    }

    /**
     * A version is made while the one before it is active, so what that one replaced was replaced.
     */
    private static Optional<Instant> laterVersionMade(KeyInfo key, KeyVersion version) {
      return after(key, version).stream()
          .filter(other -> other.state().mayConsume() || other.activatedAt().isPresent())
          .skip(1)
          .map(KeyVersion::createdAt)
          .min(Instant::compareTo);
    }

    private static List<KeyVersion> after(KeyInfo key, KeyVersion version) {
      return key.versions().stream()
          .dropWhile(other -> !other.id().equals(version.id()))
          .skip(1)
          .toList();
    }
  }
}
