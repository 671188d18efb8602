package dev.enclave.testkit.contract;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendProvider;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.EnvironmentSnapshot;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A backend under test: how to open it and what its author expects of it. Immutable: every method
 * that sets something returns another harness. Opening twice must reach the same store where {@link
 * BackendTrait#PERSISTENT} is expected.
 *
 * @param provider opens the backend
 * @param random for the backend, and for key names that no earlier run used
 * @param traits what the author expects; compared with what the backend describes
 * @param settings the backend's section of the configuration, names without prefix
 * @param environment the environment type; also the stamp of every key the contracts create
 * @param snapshot what the backend sees of the machine
 * @param time the clock; by default one that does not really wait
 * @param settling how long, on {@code time}, a write may take until every read sees it
 * @param foreignKeys makes keys for adoption; needed where {@link BackendTrait#ADOPTS} is expected
 */
public record BackendHarness(
    BackendProvider provider,
    SecureRandom random,
    Set<BackendTrait> traits,
    Map<String, String> settings,
    EnvironmentType environment,
    EnvironmentSnapshot snapshot,
    TimeSource time,
    Duration settling,
    Optional<ForeignKeys> foreignKeys) {

  /** Makes keys the way an administrator would, past Enclave. */
  @FunctionalInterface
  public interface ForeignKeys {

    /** Makes a key at the provider and returns the provider's own name for it. */
    String place(KeyAlgorithm algorithm) throws Exception;
  }

  public BackendHarness {
    traits = Set.copyOf(traits);
    settings = Map.copyOf(settings);
  }

  /** A development environment on an empty machine, no settings and no traits. */
  public static BackendHarness of(BackendProvider provider, SecureRandom random) {
    return new BackendHarness(
        provider,
        random,
        Set.of(),
        Map.of(),
        EnvironmentType.DEVELOPMENT,
        FakeEnvironment.empty(),
        new MutableClock(),
        Duration.ofMinutes(1),
        Optional.empty());
  }

  /** The same with exactly these traits expected. */
  public BackendHarness expecting(BackendTrait... expected) {
    return expecting(Set.of(expected));
  }

  /** The same with exactly these traits expected. */
  public BackendHarness expecting(Set<BackendTrait> expected) {
    return new BackendHarness(
        provider, random, expected, settings, environment, snapshot, time, settling, foreignKeys);
  }

  /** The same with another configuration. */
  public BackendHarness configured(Map<String, String> values) {
    return new BackendHarness(
        provider, random, traits, values, environment, snapshot, time, settling, foreignKeys);
  }

  /** The same in another environment. */
  public BackendHarness in(EnvironmentType type, EnvironmentSnapshot machine) {
    return new BackendHarness(
        provider, random, traits, settings, type, machine, time, settling, foreignKeys);
  }

  /** The same on another clock. */
  public BackendHarness on(TimeSource clock, Duration settlingTime) {
    return new BackendHarness(
        provider,
        random,
        traits,
        settings,
        environment,
        snapshot,
        clock,
        settlingTime,
        foreignKeys);
  }

  /** The same with keys to adopt. */
  public BackendHarness adopting(ForeignKeys keys) {
    return new BackendHarness(
        provider,
        random,
        traits,
        settings,
        environment,
        snapshot,
        time,
        settling,
        Optional.of(keys));
  }

  /** Whether the author expects the trait. */
  public boolean expects(BackendTrait trait) {
    return traits.contains(trait);
  }

  /** What the backend is opened with; reduced security is acknowledged. */
  public BackendContext context() {
    return new BackendContext(
        new BackendSettings(provider.id(), settings), environment, snapshot, time, random, true);
  }
}
