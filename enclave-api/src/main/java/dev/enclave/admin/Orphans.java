package dev.enclave.admin;

import java.time.Instant;
import java.util.List;

/**
 * What interrupted creations and rotations left at a provider: private keys that belong to no key
 * of Enclave's, or to a key as a PENDING version that no rotation will activate. They are never
 * used. What is younger than a quarter of an hour may still be under way and is none. Thread-safe.
 */
public interface Orphans {

  /**
   * One of them.
   *
   * @param providerUri the provider's own name for it
   * @param meantFor the name of the key it was to be a version of
   * @param createdAt when it was made
   */
  record Orphan(String providerUri, String meantFor, Instant createdAt) {}

  /** Looks through all keys at the provider, which may take minutes. Changes nothing. */
  List<Orphan> find();

  /**
   * Removes orphans, one after the other. Repeat it when it fails.
   *
   * @return those that were removed, or will be when the provider's waiting time ends
   */
  List<Orphan> discard();
}
