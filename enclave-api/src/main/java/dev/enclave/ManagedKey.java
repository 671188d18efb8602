package dev.enclave;

/** A key of either purpose and what an administrator does with it. Thread-safe. */
public interface ManagedKey {

  /** The identity, to be stored. */
  KeyHandle handle();

  /** What the backend says now; asks it. */
  KeyInfo info();

  /**
   * The version that signs or wraps now.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE} when there is none
   */
  KeyVersion activeVersion();

  /**
   * Makes a new version and activates it. What the old version signed still verifies, unless the
   * reason is {@link RotationReason#COMPROMISE}.
   *
   * @throws UsageException {@link ErrorCode#ROTATION_CONFLICT} when another version than the
   *     request's is active; nothing has changed then
   */
  RotationResult rotate(RotationRequest request);

  /**
   * Switches a version off: it neither produces nor verifies until {@link #enable}.
   *
   * @throws UsageException {@link ErrorCode#VERSION_NOT_FOUND}, {@link ErrorCode#KEY_NOT_ACTIVE}
   *     when it is destroyed
   */
  KeyInfo disable(KeyVersionId version);

  /**
   * Switches a disabled version on again: active if no other version is and it is the newest, else
   * verify-only.
   */
  KeyInfo enable(KeyVersionId version);

  /** Destroys the private key of a version. Final, at once or after the provider's waiting time. */
  KeyInfo destroy(KeyVersionId version);

  /**
   * An encrypted backup of all versions that are not destroyed, for {@link Enclave#restore}. Takes
   * a third of a second: the password is made expensive to guess.
   *
   * @param password 12 to 256 characters without control characters, taken as UTF-8; not kept, and
   *     the caller overwrites it
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when private keys cannot leave
   *     the backend, or the key is adopted; {@link ErrorCode#INVALID_ARGUMENT} for a password that
   *     is too short or cannot be typed; {@link ErrorCode#KEY_NOT_ACTIVE} when every version is
   *     destroyed
   */
  KeyBackup backup(char[] password);
}
