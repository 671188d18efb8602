package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import java.util.Map;
import java.util.Optional;

// region vault
/**
 * Keeps secrets of tenants: what is stored can be opened by the key alone, for that tenant alone.
 */
final class TenantVault {

  private final Map<String, byte[]> table;
  private final WrappingKey key;

  TenantVault(Enclave enclave, Map<String, byte[]> table) {
    this.table = table;
    this.key =
        enclave.ensureKey(KeySpec.named("tenant-secrets").algorithm(WrappingAlgorithm.AES_256_GCM));
  }

  /** The tenant is authenticated with the secret: one tenant's row is of no use in another's. */
  void put(String tenant, byte[] secret) {
    table.put(tenant, key.seal(secret, context(tenant)).toByteArray());
  }

  Optional<byte[]> get(String tenant) {
    return Optional.ofNullable(table.get(tenant))
        .map(box -> key.unseal(SealedBytes.parse(box), context(tenant)));
  }

  /** After a rotation: what an older version sealed is sealed again by the active one. */
  int resealAll() {
    int resealed = 0;
    for (Map.Entry<String, byte[]> row : table.entrySet()) {
      SealedBytes box = SealedBytes.parse(row.getValue());
      SealedBytes now = key.reseal(box, context(row.getKey()));
      if (!now.equals(box)) {
        row.setValue(now.toByteArray());
        resealed++;
      }
    }
    return resealed;
  }

  private static byte[] context(String tenant) {
    return ("tenant-secrets/" + tenant).getBytes(UTF_8);
  }
}
// endregion
