package dev.enclave.admin;

import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import java.util.Optional;

/** What a rotation did. */
public interface RotationResult {

  /** The key afterwards. */
  KeyInfo key();

  /** The version that was active, in the state it is left in. */
  KeyVersion previous();

  /** The version that is active now. */
  KeyVersion active();

  /** Why. */
  RotationReason reason();

  /**
   * The statement on its successor that the old version and the statement key signed; none after a
   * compromise and for wrapping keys.
   */
  Optional<SuccessionStatement> statement();
}
