package dev.enclave.azure.internal.keys;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Public keys of versions, asked for once each: they never change. Thread-safe. */
public final class AzurePublicKeys {

  private record Id(String uri, KeyAlgorithm algorithm) {}

  private final AzureCalls calls;
  private final Map<String, AzureKeyParameters> known = new ConcurrentHashMap<>();
  private final PublicKeyCache<Id> publicKeys = new PublicKeyCache<>("Azure Key Vault");

  public AzurePublicKeys(AzureCalls calls) {
    this.calls = calls;
  }

  /** Learned from an answer. */
  void note(String uri, AzureKeyParameters parameters) {
    known.putIfAbsent(uri, parameters);
  }

  /** The type and the public parameters of the version's key. */
  public AzureKeyParameters of(String uri, CallContext call) throws BackendFailure {
    AzureKeyParameters cached = known.get(uri);
    if (cached != null) {
      return cached;
    }
    AzureKeyParameters asked = AzureKeyParameters.of(get(uri, call));
    note(uri, asked);
    return asked;
  }

  /** What a key identifier names; without a version, the current one. */
  KeyVaultKey get(String uri, CallContext call) throws BackendFailure {
    AzureNames.Id id =
        AzureNames.parse(uri, calls.endpoint().origin())
            .orElseThrow(() -> AzureRefusals.notAKey(calls.endpoint().origin()));
    return calls
        .send(
            AzureOperation.GET_KEY,
            uri,
            call,
            session ->
                session
                    .keys()
                    .getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE)
                    .getValue())
        .value();
  }

  /** The version's public key; none for AES. */
  public Optional<PublicKeyInfo> publicKey(String uri, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (!algorithm.asymmetric()) {
      of(uri, call); // Its assurance will be asked for.
      return Optional.empty();
    }
    return publicKeys.get(
        new Id(uri, algorithm),
        call,
        () -> {
          Optional<PublicKeyInfo> publicKey = of(uri, call).publicKey(algorithm);
          if (publicKey.isEmpty()) {
            throw AzureCalls.REFUSALS
                .wrongAnswer("what it sent for " + uri + " is no public key for " + algorithm)
                .naming(uri);
          }
          return publicKey;
        });
  }
}
