package dev.enclave.core.internal.enclave;

import dev.enclave.Fallback;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SigningKey;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.texts.Texts;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What an application can know of companions and their signatures. */
record EngineFallback(KeyLookup lookup) implements Fallback {

  @Override
  public Status status(SigningKey key) {
    CachedKey slot = slot(key);
    return lookup
        .fallback()
        .map(fallback -> fallback.status(slot))
        .orElseGet(() -> new Status(Optional.empty(), Texts.NO_FALLBACK.with()));
  }

  @Override
  public Verifier verifier(SigningKey key, String deployment) {
    CachedKey slot = slot(key);
    Objects.requireNonNull(deployment, "deployment");
    PublicKeySet keys = key.publicKeys();
    Set<PublicKeyInfo> statementKeys =
        lookup.statementKey(slot.backend()).knownPublicKey().map(Set::of).orElse(Set.of());
    return Verifier.of(key.handle(), keys, statementKeys, deployment);
  }

  private CachedKey slot(SigningKey key) {
    Objects.requireNonNull(key, "key");
    return lookup.keys().slot(key.handle());
  }
}
