package dev.enclave.core.internal.key.enclave;

import dev.enclave.KeyHandle;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/**
 * The key that one was migrated to. It is looked up like any other: its backend has to be allowed
 * and configured, and its public key has to be the one that the handle names.
 *
 * @param shared of this Enclave
 * @param to its handle
 * @param hops how many migrations led to it
 */
record MovedKey(SharedParts shared, KeyHandle to, int hops) {

  /** Records at sources can be edited, so that a key may name one that leads back to it. */
  private static final int MOST_HOPS = 8;

  EngineSigningKey key(String caller) {
    if (hops > MOST_HOPS) {
      throw new UsageException(
          ErrorCode.KEY_MIGRATED,
          "Key "
              + to
              + " is the last of "
              + hops
              + " keys, each migrated to the next. Use the handle that the record of the last"
              + " migration names.");
    }
    return new KeyLookup(shared, caller).moved(to, hops);
  }
}
