package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyOrigin;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Opens in-memory backends: local, instant, all algorithms and nearly all traits. What they report
 * of themselves (id, assurance, origin) is the test's choice, so that every policy can be tried.
 *
 * <p>Keys live as long as the provider's {@link InMemoryStore}, and the backends are persistent;
 * {@link #forgetting()} makes keys end with the backend. Immutable and thread-safe: every method
 * that sets something returns another provider on the same store.
 */
public final class InMemoryProvider implements BackendProvider {

  private static final Set<BackendTrait> TRAITS =
      EnumSet.of(
          BackendTrait.PERSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.KEEPS_PUBLIC_KEYS,
          BackendTrait.CREATES,
          BackendTrait.SIGNS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS,
          BackendTrait.ADOPTS,
          BackendTrait.EXPORTS,
          BackendTrait.IMPORTS);

  /** What the backend reports of itself and its keys. */
  record Report(
      BackendId id,
      Assurance assurance,
      KeyOrigin origin,
      Set<KeyAlgorithm> algorithms,
      Detection detection) {}

  private final Report report;
  private final InMemoryStore store;
  private final boolean persistent;

  /** A provider with a store of its own: id {@code memory}, HSM assurance, generated keys. */
  public InMemoryProvider() {
    this(new InMemoryStore());
  }

  /** The same on a store that other providers may share. */
  public InMemoryProvider(InMemoryStore store) {
    this(
        new Report(
            BackendId.of("memory"),
            Assurance.HSM,
            KeyOrigin.GENERATED,
            Set.copyOf(KeyAlgorithm.all()),
            Detection.present("a test asked for it")),
        store,
        true);
  }

  private InMemoryProvider(Report report, InMemoryStore store, boolean persistent) {
    this.report = report;
    this.store = store;
    this.persistent = persistent;
  }

  /** The same under another id. */
  public InMemoryProvider id(String id) {
    return reporting(
        new Report(
            BackendId.of(id),
            report.assurance(),
            report.origin(),
            report.algorithms(),
            report.detection()));
  }

  /** The same with new keys of this assurance, which is the ceiling too. */
  public InMemoryProvider assurance(Assurance assurance) {
    return reporting(
        new Report(
            report.id(), assurance, report.origin(), report.algorithms(), report.detection()));
  }

  /** The same with new keys of this origin. */
  public InMemoryProvider origin(KeyOrigin origin) {
    return reporting(
        new Report(
            report.id(), report.assurance(), origin, report.algorithms(), report.detection()));
  }

  /** The same with these algorithms only. */
  public InMemoryProvider algorithms(Set<KeyAlgorithm> algorithms) {
    return reporting(
        new Report(
            report.id(), report.assurance(), report.origin(), algorithms, report.detection()));
  }

  /** The same with this answer to detection. */
  public InMemoryProvider detection(Detection detection) {
    return reporting(
        new Report(
            report.id(), report.assurance(), report.origin(), report.algorithms(), detection));
  }

  private InMemoryProvider reporting(Report changed) {
    return new InMemoryProvider(changed, store, persistent);
  }

  /** The same, not persistent: keys end with the backend that made them. */
  public InMemoryProvider forgetting() {
    return new InMemoryProvider(report, store, false);
  }

  /** The traits its backends have. */
  public Set<BackendTrait> traits() {
    Set<BackendTrait> traits = EnumSet.copyOf(TRAITS);
    if (!persistent) {
      traits.remove(BackendTrait.PERSISTENT);
    }
    return traits;
  }

  /**
   * Makes a key that is not Enclave's, for adoption.
   *
   * @return its provider URI
   */
  public String placeForeignKey(KeyAlgorithm algorithm, Instant createdAt, SecureRandom random) {
    return placeForeignKey(algorithm, Optional.empty(), createdAt, random);
  }

  /**
   * Makes a key that is not this Enclave's, for adoption.
   *
   * @param stamp the stamp that it carries
   * @return its provider URI
   */
  public String placeForeignKey(
      KeyAlgorithm algorithm,
      Optional<EnvironmentType> stamp,
      Instant createdAt,
      SecureRandom random) {
    return InMemoryForeignKeys.place(store, report, algorithm, stamp, createdAt, random);
  }

  /** Denies, or grants again, the permission to read the stamps of foreign keys. */
  public void withholdStamps(boolean withheld) {
    store.foreign.stampsWithheld = withheld;
  }

  @Override
  public BackendId id() {
    return report.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return report.assurance();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return report.detection();
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return new InMemoryBackend(
        report, traits(), persistent ? store : store.forOneOpening(), context);
  }
}
