package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.util.Map;

/** REST API, Get Random Bytes: "from a managed HSM". */
public final class RandomBytes {

  private static final long MOST = 128;

  private final Shared shared;

  public RandomBytes(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.GET_RANDOM_BYTES, this::bytes);
  }

  private Map<String, ?> bytes(Call call) {
    if (shared.settings().flavour() != Flavour.MANAGED_HSM) {
      throw AzureFailure.of(
          400, "NotSupported", "Random bytes are not supported by a resource of this type.");
    }
    long count = call.input().integer("count").orElse(0L);
    if (count < 1 || count > MOST) {
      throw AzureFailure.badParameter("count must be 1 to " + MOST + ".");
    }
    byte[] bytes = new byte[(int) count];
    shared.random().nextBytes(bytes);
    return Map.of("value", Base64Url.encode(bytes));
  }
}
