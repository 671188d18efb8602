package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A backend under test: how to open it and what its author expects of it. Immutable: every method
 * that sets something returns another harness. Opening twice must reach the same store where {@link
 * BackendTrait#PERSISTENT} is expected.
 *
 * @param provider opens the backend
 * @param context what it is opened with; the environment type is also the stamp of every key the
 *     contracts create, the randomness also makes key names that no earlier run used
 * @param traits what the author expects; compared with what the backend describes
 * @param settling how long, on {@link #time()}, a write may take until every read sees it
 * @param foreignKeys makes keys for adoption; needed where {@link BackendTrait#ADOPTS} is expected
 * @param names is told every key name the contracts make up, before it is used; from several
 *     threads
 */
public record BackendHarness(
    BackendProvider provider,
    BackendContext context,
    Set<BackendTrait> traits,
    Duration settling,
    Optional<ForeignKeys> foreignKeys,
    Consumer<KeyName> names) {

  /** Makes keys the way an administrator would, past Enclave. */
  @FunctionalInterface
  public interface ForeignKeys {

    /** Makes a key at the provider and returns the provider's own name for it. */
    String place(KeyAlgorithm algorithm) throws Exception;

    /**
     * Makes a version of a key of Enclave's in the provider's console, as an administrator does who
     * wants to rotate it there.
     *
     * @return what the provider calls the version; none where keys have none that Enclave did not
     *     make
     */
    default Optional<String> rotate(KeyName name) throws Exception {
      return Optional.empty();
    }

    /**
     * Denies the backend's identity the permission to read the stamp of such a key, and leaves it
     * what it needs to use the key.
     *
     * @param uri what {@link #place} returned
     * @return whether the provider has such a permission; false where the stamp comes with the key,
     *     and where nothing may be denied
     */
    default boolean withholdStamp(String uri) {
      return false;
    }
  }

  public BackendHarness {
    traits = Set.copyOf(traits);
  }

  /**
   * A development environment on an empty machine with a clock that does not really wait, reduced
   * security acknowledged; no settings and no traits.
   */
  public static BackendHarness of(BackendProvider provider, SecureRandom random) {
    return of(
        provider,
        BackendContext.of(
                new BackendSettings(provider.id(), Map.of()),
                EnvironmentType.DEVELOPMENT,
                FakeEnvironment.empty(),
                new MutableClock(),
                random)
            .acknowledging(true));
  }

  /** Opened with exactly this; no traits. */
  public static BackendHarness of(BackendProvider provider, BackendContext context) {
    return new BackendHarness(
        provider, context, Set.of(), Duration.ofMinutes(1), Optional.empty(), name -> {});
  }

  /** The same with exactly these traits expected. */
  public BackendHarness expecting(BackendTrait... expected) {
    return expecting(Set.of(expected));
  }

  /** The same with exactly these traits expected. */
  public BackendHarness expecting(Set<BackendTrait> expected) {
    return new BackendHarness(provider, context, expected, settling, foreignKeys, names);
  }

  /** The same with another configuration: names without prefix, and values. */
  public BackendHarness configured(Map<String, String> values) {
    return with(context.withSettings(new BackendSettings(provider.id(), values)), settling);
  }

  /** The same in another environment. */
  public BackendHarness in(EnvironmentType type, EnvironmentSnapshot machine) {
    return with(context.in(type, machine), settling);
  }

  /** The same on another clock. */
  public BackendHarness on(TimeSource clock, Duration settlingTime) {
    return with(context.on(clock), settlingTime);
  }

  private BackendHarness with(BackendContext other, Duration settlingTime) {
    return new BackendHarness(provider, other, traits, settlingTime, foreignKeys, names);
  }

  /** The same with backends that are opened in another way than by the provider itself. */
  public BackendHarness opening(Opening opening) {
    return new BackendHarness(
        new OtherwiseOpened(provider, opening), context, traits, settling, foreignKeys, names);
  }

  /** How a backend is opened. */
  @FunctionalInterface
  public interface Opening {

    /** Opens it, as {@link BackendProvider#open} does. */
    SigningBackend open(BackendContext context) throws BackendFailure;
  }

  private record OtherwiseOpened(BackendProvider provider, Opening opening)
      implements BackendProvider {

    @Override
    public BackendId id() {
      return provider.id();
    }

    @Override
    public List<SettingSpec> settings() {
      return provider.settings();
    }

    @Override
    public Assurance assuranceCeiling() {
      return provider.assuranceCeiling();
    }

    @Override
    public Detection detect(DetectionContext detection) {
      return provider.detect(detection);
    }

    @Override
    public SigningBackend open(BackendContext opened) throws BackendFailure {
      return opening.open(opened);
    }
  }

  /** The same with keys to adopt. */
  public BackendHarness adopting(ForeignKeys keys) {
    return new BackendHarness(provider, context, traits, settling, Optional.of(keys), names);
  }

  /** The same, telling {@code listener} every key name before it is used. */
  public BackendHarness naming(Consumer<KeyName> listener) {
    return new BackendHarness(provider, context, traits, settling, foreignKeys, listener);
  }

  /** The environment type, and the stamp of every key the contracts create. */
  public EnvironmentType environment() {
    return context.environment();
  }

  /** The clock. */
  public TimeSource time() {
    return context.time();
  }

  /** The randomness. */
  public SecureRandom random() {
    return context.random();
  }

  /** Whether the author expects the trait. */
  public boolean expects(BackendTrait trait) {
    return traits.contains(trait);
  }
}
