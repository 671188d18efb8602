package dev.enclave;

import dev.enclave.error.UsageException;
import dev.enclave.error.ErrorCode;
import java.util.Optional;

/**
 * What to create: {@code KeySpec.named("wallet-42").algorithm(ED25519).rotation(NEVER)}. Immutable.
 *
 * @param name the key's name
 * @param algorithm the scheme, fixed for the life of the key
 * @param backend which open backend; none lets the resolution decide
 * @param rotation when a rotation is due; none means {@link RotationInterval#unlessAsked}, and any
 *     interval of a key that exists
 */
public record KeySpec(
    KeyName name,
    KeyAlgorithm algorithm,
    Optional<BackendId> backend,
    Optional<RotationInterval> rotation) {

  /**
   * Begins a specification.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_NAME}) when {@code name} breaks the grammar
   */
  public static Named named(String name) {
    return new Named(new KeyName(name));
  }

  /** The same on a certain backend. */
  public KeySpec on(BackendId id) {
    return new KeySpec(name, algorithm, Optional.of(id), rotation);
  }

  /** The same with a rotation interval of its own. */
  public KeySpec rotation(RotationInterval interval) {
    return new KeySpec(name, algorithm, backend, Optional.of(interval));
  }

  /**
   * A specification that still lacks its algorithm.
   *
   * @param name the key's name
   */
  public record Named(KeyName name) {

    /** Completes the specification. */
    public KeySpec algorithm(KeyAlgorithm algorithm) {
      return new KeySpec(name, algorithm, Optional.empty(), Optional.empty());
    }
  }
}
