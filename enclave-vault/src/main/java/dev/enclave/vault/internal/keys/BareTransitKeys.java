package dev.enclave.vault.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import java.util.Map;
import java.util.UUID;

/**
 * Transit keys as an administrator makes them, which no document names. Thread-safe.
 *
 * @param calls end with this
 * @param keys of the same mount
 */
public record BareTransitKeys(VaultCalls calls, VaultKeys keys) implements BareKeys {

  @Override
  public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    String type = VaultScheme.type(VaultScheme.support(algorithm).algorithm());
    String path = keys.place().key("enclave-conformance-" + UUID.randomUUID());
    calls.send(VaultRequest.change("create", path, path, Map.of("type", type)), call);
    return VaultScheme.of(type).size() == 1 ? path : path + "#" + algorithm;
  }

  @Override
  public void remove(String providerUri, CallContext call) throws BackendFailure {
    keys.remove(keys.foreign(providerUri.replaceFirst("#.*", ""), call).version(), call);
  }

  @Override
  public void close() {
    calls.gate().close();
  }
}
