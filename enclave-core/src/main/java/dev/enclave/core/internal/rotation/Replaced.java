package dev.enclave.core.internal.rotation;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a version was replaced, as one reading tells it: never earlier than it was, so that nothing
 * is disabled or destroyed too early.
 */
final class Replaced {

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
   * Two versions are never active at once: when another became active, this was replaced. A backend
   * may tell the same second of two that followed one another.
   */
  private static Optional<Instant> told(KeyInfo key, KeyVersion version, Optional<Instant> since) {
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
