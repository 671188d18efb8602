package dev.enclave.azure.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.azure.internal.calls.VaultCalls;
import dev.enclave.azure.internal.model.VaultMaterial;
import dev.enclave.cloud.PublicKeyCache;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What versions are made of, asked for once each: it never changes. Thread-safe. */
public final class VaultMaterials {

  private record Id(String uri, KeyAlgorithm algorithm) {}

  private final VaultCalls calls;
  private final Map<String, VaultMaterial> known = new ConcurrentHashMap<>();
  private final PublicKeyCache<Id> publicKeys = new PublicKeyCache<>("Azure Key Vault");

  public VaultMaterials(VaultCalls calls) {
    this.calls = calls;
  }

  /** Learned from an answer. */
  void note(String uri, VaultMaterial material) {
    known.putIfAbsent(uri, material);
  }

  /** What the version is made of. */
  public VaultMaterial of(String uri, CallContext call) throws BackendFailure {
    VaultMaterial cached = known.get(uri);
    if (cached != null) {
      return cached;
    }
    VaultMaterial asked = VaultMaterial.of(VaultDirectory.get(calls, uri, call).value());
    note(uri, asked);
    return asked;
  }

  /** The version's public key; none for AES. */
  public Optional<PublicKeyInfo> publicKey(String uri, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (!algorithm.asymmetric()) {
      return Optional.empty();
    }
    return publicKeys.get(
        new Id(uri, algorithm),
        call,
        () -> {
          Optional<PublicKeyInfo> publicKey = of(uri, call).publicKey(algorithm);
          if (publicKey.isEmpty()) {
            throw VaultCalls.REFUSALS
                .wrongAnswer("what it sent for " + uri + " is no public key for " + algorithm)
                .naming(uri);
          }
          return publicKey;
        });
  }
}
