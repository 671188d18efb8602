package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.OperationIds;
import dev.enclave.internal.texts.Texts;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to create: {@code KeySpec.named("wallet-42").algorithm(ED25519).rotation(NEVER)}. Immutable.
 *
 * @param <K> what comes of it: a {@link SigningKey} or a {@link WrappingKey}
 */
public final class KeySpec<K extends EnclaveKey> {

  private final KeyName name;
  private final KeyAlgorithm algorithm;
  private final Class<K> keyType;
  private final @Nullable BackendId backend;
  private final @Nullable RotationInterval rotation;
  private final @Nullable String operationId;

  private KeySpec(
      KeyName name,
      KeyAlgorithm algorithm,
      Class<K> keyType,
      @Nullable BackendId backend,
      @Nullable RotationInterval rotation,
      @Nullable String operationId) {
    this.name = name;
    this.algorithm = algorithm;
    this.keyType = keyType;
    this.backend = backend;
    this.rotation = rotation;
    this.operationId = operationId;
  }

  /**
   * Begins a specification.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_NAME}) when {@code name} breaks the grammar
   */
  public static Named named(String name) {
    return new Named(new KeyName(name));
  }

  /** The same on a certain backend. */
  public KeySpec<K> on(BackendId id) {
    return new KeySpec<>(
        name, algorithm, keyType, Objects.requireNonNull(id), rotation, operationId);
  }

  /** The same with a rotation interval of its own. */
  public KeySpec<K> rotation(RotationInterval interval) {
    return new KeySpec<>(
        name, algorithm, keyType, backend, Objects.requireNonNull(interval), operationId);
  }

  /**
   * The same as the operation {@code id}, whatever process asks for it and how often: a creation
   * that finds the key that an earlier attempt made, also before a crash, returns that key.
   *
   * @param id 1 to 64 of {@code [A-Za-z0-9-]}, such as a random UUID, stored before the first
   *     attempt; never used for anything else on the same backend
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for an id outside the grammar
   */
  public KeySpec<K> operationId(String id) {
    return new KeySpec<>(
        name, algorithm, keyType, backend, rotation, OperationIds.requireValid(id));
  }

  /** The key's name. */
  public KeyName name() {
    return name;
  }

  /** The scheme, fixed for the life of the key. */
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  /** {@link SigningKey} or {@link WrappingKey}, as the algorithm is. */
  public Class<K> keyType() {
    return keyType;
  }

  /** Which open backend; none lets the resolution decide. */
  public Optional<BackendId> backend() {
    return Optional.ofNullable(backend);
  }

  /**
   * When a rotation is due; none means {@link RotationInterval#unlessAsked} for a new key, and any
   * interval of a key that exists.
   */
  public Optional<RotationInterval> rotation() {
    return Optional.ofNullable(rotation);
  }

  /**
   * By which a repetition is known to be the same creation; none makes each call one of its own.
   */
  public Optional<String> operationId() {
    return Optional.ofNullable(operationId);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeySpec<?> that
        && name.equals(that.name)
        && algorithm == that.algorithm
        && Objects.equals(backend, that.backend)
        && Objects.equals(rotation, that.rotation)
        && Objects.equals(operationId, that.operationId);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, algorithm, backend, rotation, operationId);
  }

  @Override
  public String toString() {
    return "KeySpec["
        + name
        + ", "
        + algorithm
        + (backend == null ? "" : Texts.ON_BACKEND.with(backend))
        + (rotation == null ? "" : Texts.WITH_ROTATION.with(rotation))
        + (operationId == null ? "" : Texts.OF_OPERATION.with(operationId))
        + "]";
  }

  /** A specification that still lacks its algorithm. */
  public static final class Named {

    private final KeyName name;

    private Named(KeyName name) {
      this.name = name;
    }

    /** Completes the specification of a key that signs. */
    public KeySpec<SigningKey> algorithm(SigningAlgorithm algorithm) {
      return new KeySpec<>(name, algorithm, SigningKey.class, null, null, null);
    }

    /** Completes the specification of a key-encryption key. */
    public KeySpec<WrappingKey> algorithm(WrappingAlgorithm algorithm) {
      return new KeySpec<>(name, algorithm, WrappingKey.class, null, null, null);
    }

    /** Completes the specification where only the program's input tells what the key is for. */
    public KeySpec<? extends EnclaveKey> algorithm(KeyAlgorithm algorithm) {
      return algorithm instanceof SigningAlgorithm signing
          ? algorithm(signing)
          : algorithm((WrappingAlgorithm) algorithm);
    }
  }
}
