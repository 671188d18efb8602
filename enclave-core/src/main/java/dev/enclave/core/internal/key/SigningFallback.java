package dev.enclave.core.internal.key;

import dev.enclave.Fallback;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;

/** What signs in the place of keys whose backend does not answer. Thread-safe. */
public interface SigningFallback {

  /** Prepares for a key that is about to be used; does not wait for it. */
  void expect(CachedKey slot);

  /** Signs with the key, or with what stands in for it. */
  SignatureValue sign(CachedKey slot, SigningInput input, SignOptions options, String caller);

  /** Whether something would stand in for the key now. */
  Fallback.Status status(CachedKey slot);

  /** Whether the backend is known not to answer, and something stands in for keys. */
  boolean standsIn();

  /** Lets go of what stands in for keys. */
  void close();
}
