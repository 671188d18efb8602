package dev.enclave.core.internal.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.SigningKey;
import dev.enclave.SigningKeys;
import java.util.Optional;

/** Finds signing keys as one caller, and does nothing else. Thread-safe. */
final class EngineSigningKeys implements SigningKeys {

  private final KeyLookup lookup;

  EngineSigningKeys(KeyLookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public SigningKey key(KeyName name) {
    return lookup.signing(name);
  }

  @Override
  public SigningKey key(KeyHandle handle) {
    return lookup.signing(handle);
  }

  @Override
  public Optional<SigningKey> find(KeyName name) {
    return lookup.find(name);
  }
}
